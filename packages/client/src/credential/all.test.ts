import { describe, expect, test } from "vitest";
import { fakeFetch } from "../../fixtures/fake-fetch.ts";
import { createAuthFetch } from "../fetch/create-auth-fetch.ts";
import { all } from "./all.ts";
import { apiKey } from "./api-key.ts";
import { basic } from "./basic.ts";
import type { Answer, Credential, Outgoing, Retry } from "./credential.ts";
import { oauth1 } from "./oauth1.ts";

const origin = "https://api.example.com";

function setUp(credential: Credential, status = 200) {
  const fetch = fakeFetch(() => new Response(null, { status }));
  return { fetch, api: createAuthFetch({ origins: [origin], credential, fetch }) };
}

test("writes what each of them writes", async () => {
  const key = "k";
  const { api, fetch } = setUp(
    all(
      basic({ username: "ada", password: "p" }),
      apiKey({ key }),
      apiKey({ key, query: "q" }),
      apiKey({ key, cookie: "c" }),
    ),
  );
  await api(`${origin}/?a=1`);
  const [request] = fetch.requests;
  expect(request?.url).toBe(`${origin}/?a=1&q=k`);
  expect(request?.headers.get("x-api-key")).toBe("k");
  expect(request?.headers.get("cookie")).toBe("c=k");
  expect(request?.headers.get("authorization")).toBe("Basic YWRhOnA=");
});

test("each sees what the earlier ones added", async () => {
  let seen: Outgoing | undefined;
  const last: Credential = {
    attach(request) {
      seen = request;
      return {};
    },
  };
  const { api } = setUp(all(apiKey({ key: "a b", query: "q" }), apiKey({ key: "k" }), last));
  await api(`${origin}/?z=1`, { method: "POST", body: "body", headers: { "x-mine": "1" } });
  expect(seen?.url.href).toBe(`${origin}/?z=1&q=a+b`);
  expect([seen?.header("X-API-KEY"), seen?.header("x-mine")]).toEqual(["k", "1"]);
  expect(new TextDecoder().decode(await seen?.body())).toBe("body");
});

test("a signature covers a key in the query", async () => {
  const signer = { consumerKey: "c", consumerSecret: "s" };
  const alone = setUp(
    oauth1({ ...signer, parameters: { oauth_nonce: "n", oauth_timestamp: "1" } }),
  );
  await alone.api(`${origin}/?q=k`);
  const both = setUp(
    all(
      apiKey({ key: "k", query: "q" }),
      oauth1({ ...signer, parameters: { oauth_nonce: "n", oauth_timestamp: "1" } }),
    ),
  );
  await both.api(`${origin}/`);
  const authorizations = [alone, both].map(({ fetch }) =>
    fetch.requests[0]?.headers.get("authorization"),
  );
  expect(authorizations[0]).toBe(authorizations[1]);
});

test.each<[string, Credential, Credential]>([
  ["header", apiKey({ key: "a" }), apiKey({ key: "b", header: "x-api-KEY" })],
  [
    "Authorization",
    basic({ username: "a", password: "p" }),
    basic({ username: "b", password: "p" }),
  ],
  ["query parameter", apiKey({ key: "a", query: "q" }), apiKey({ key: "b", query: "q" })],
  ["cookie", apiKey({ key: "a", cookie: "q" }), apiKey({ key: "b", cookie: "q" })],
])("refuses two writers of one %s", async (_, one, other) => {
  const { api, fetch } = setUp(all(one, other));
  await expect(api(`${origin}/`)).rejects.toMatchObject({
    code: "unsendable_credential",
    message: expect.stringMatching(/: two credentials write \S+\.$/),
  });
  expect(fetch.requests).toHaveLength(0);
});

describe("answers", () => {
  const told: string[] = [];
  const remedy = (name: string, retry?: Retry): Credential => ({
    attach: () => ({
      async answered(answer: Answer) {
        told.push(`${name} ${answer.status}`);
        return retry;
      },
    }),
  });

  test("are told to all, and each remedy is tried once", async () => {
    const { api, fetch } = setUp(all(remedy("a"), remedy("b", "nonce"), remedy("c", "token")), 401);
    await api(`${origin}/`);
    expect(fetch.requests).toHaveLength(3);
    expect(told).toEqual([
      "a 401",
      "b 401",
      "c 401",
      "a 401",
      "b 401",
      "c 401",
      "a 401",
      "b 401",
      "c 401",
    ]);
  });
});

test("refuses to be of one", () => {
  expect(() => all(apiKey({ key: "k" }))).toThrow(/^all: /);
});

test("native errors come through where nothing of ours is in the URL", async () => {
  const failure = new TypeError("fetch failed");
  const fetch = fakeFetch(() => Promise.reject(failure));
  const call = (credential: Credential) =>
    createAuthFetch({ origins: [origin], credential, fetch })(`${origin}/`);
  const user = basic({ username: "ada", password: "p" });
  await expect(call(all(user, apiKey({ key: "k" })))).rejects.toBe(failure);
  await expect(call(all(user, apiKey({ key: "k", query: "q" })))).rejects.toMatchObject({
    code: "request_failed",
  });
});
