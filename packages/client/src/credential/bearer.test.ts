import { ConfigurationError, toSecret } from "@countersign/core/wire";
import { expect, test } from "vitest";
import { fakeFetch } from "../../fixtures/fake-fetch.ts";
import { createAuthFetch } from "../fetch/create-auth-fetch.ts";
import { bearer } from "./bearer.ts";

const origins = ["https://api.example.com"];

test.each(["fixed-token", toSecret("fixed-token")])("sends a fixed token, once", async (token) => {
  const fetch = fakeFetch(() => new Response(null, { status: 401 }));
  const api = createAuthFetch({ origins, credential: bearer(token), fetch });
  expect((await api("https://api.example.com/")).status).toBe(401);
  expect(fetch.requests.map(({ headers }) => headers.get("authorization"))).toEqual([
    "Bearer fixed-token",
  ]);
});

test.each(["", "Bearer marked-secret", "marked-secret\n", "marked-sécret"])(
  "refuses the fixed token %j without repeating it",
  (token) => {
    expect(() => bearer(token)).toThrow(ConfigurationError);
    expect(() => bearer(token)).not.toThrow(/marked/);
  },
);

test("a source's token that no header can carry is a typed error without the token", async () => {
  const fetch = fakeFetch(() => new Response());
  const credential = bearer({
    token: () => ({ type: "bearer", value: toSecret("marked\nsecret"), expiresAt: undefined }),
    invalidate() {},
  });
  const api = createAuthFetch({ origins, credential, fetch });
  const error = await api("https://api.example.com/").catch((thrown) => thrown);
  expect(error).toMatchObject({ name: "ClientError", code: "unsendable_credential" });
  expect(error.message).not.toContain("marked");
  expect(fetch.requests).toHaveLength(0);
});

test("what cannot be sent twice asks the source for a token that is not about to be replaced", async () => {
  const asked: unknown[] = [];
  const credential = bearer({
    token(request) {
      asked.push(request?.fresh);
      return { type: "bearer", value: toSecret("t"), expiresAt: undefined };
    },
    invalidate() {},
  });
  const api = createAuthFetch({ origins, credential, fetch: fakeFetch(() => new Response()) });
  const url = "https://api.example.com/";
  await api(url);
  await api(url, { method: "POST", body: "text" });
  await api(url, { method: "POST", body: new Blob(["streamed"]).stream() });
  expect(asked).toEqual([false, false, true]);
});
