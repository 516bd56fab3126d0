import { ConfigurationError, toSecret } from "@countersign/core/wire";
import { expect, test } from "vitest";
import { fakeFetch } from "../../fixtures/fake-fetch.ts";
import { createAuthFetch } from "../fetch/create-auth-fetch.ts";
import { basic } from "./basic.ts";

const origins = ["https://api.example.com"];

test("writes the example of RFC 7617 §2", async () => {
  const fetch = fakeFetch(() => new Response());
  const credential = basic({ username: "Aladdin", password: toSecret("open sesame") });
  await createAuthFetch({ origins, credential, fetch })("https://api.example.com/");
  const header = fetch.requests[0]?.headers.get("authorization");
  expect(header).toBe("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
});

test("writes UTF-8, and lets a password have colons", async () => {
  const fetch = fakeFetch(() => new Response());
  const credential = basic({ username: "zoë", password: "p:ä" });
  await createAuthFetch({ origins, credential, fetch })("https://api.example.com/");
  const header = fetch.requests[0]?.headers.get("authorization") ?? "";
  const bytes = Uint8Array.from(atob(header.slice(6)), (each) => each.charCodeAt(0));
  expect(new TextDecoder().decode(bytes)).toBe("zoë:p:ä");
});

test("takes a 401 as it is", async () => {
  const fetch = fakeFetch(() => new Response(null, { status: 401 }));
  const api = createAuthFetch({
    origins,
    credential: basic({ username: "a", password: "b" }),
    fetch,
  });
  expect((await api("https://api.example.com/")).status).toBe(401);
  expect(fetch.requests).toHaveLength(1);
});

test.each([
  ["a colon in the user name", { username: "a:b", password: "c" }],
  ["a line break in the password", { username: "a", password: "marked-secret\n" }],
  ["a control character in the user name", { username: "a\u007f", password: "c" }],
])("refuses %s without repeating it", (_, options) => {
  expect(() => basic(options)).toThrow(ConfigurationError);
  expect(() => basic(options)).not.toThrow(/marked-secret/);
});
