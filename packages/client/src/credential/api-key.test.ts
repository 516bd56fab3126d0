import { ConfigurationError } from "@countersign/core/wire";
import { expect, test } from "vitest";
import { fakeFetch } from "../../fixtures/fake-fetch.ts";
import { createAuthFetch } from "../fetch/create-auth-fetch.ts";
import { type ApiKeyOptions, apiKey } from "./api-key.ts";

const origins = ["https://api.example.com"];

async function sent(options: ApiKeyOptions, address = "https://api.example.com/orders") {
  const fetch = fakeFetch(() => new Response());
  await createAuthFetch({ origins, credential: apiKey(options), fetch })(address);
  return fetch.requests[0];
}

test("writes X-API-Key unless told otherwise", async () => {
  expect((await sent({ key: "k 1" }))?.headers.get("x-api-key")).toBe("k 1");
  expect((await sent({ key: "k", header: "X-Auth" }))?.headers.get("x-auth")).toBe("k");
});

test("writes a query parameter and leaves the others byte for byte", async () => {
  const address = "https://api.example.com/orders?q=a+b%20c&empty=&flag#part";
  const request = await sent({ key: "k&1 +", query: "api_key" }, address);
  expect(request?.url).toBe(
    "https://api.example.com/orders?q=a+b%20c&empty=&flag&api_key=k%261+%2B#part",
  );
  expect(request?.headers.has("x-api-key")).toBe(false);
});

test("writes a cookie beside those of the caller", async () => {
  const fetch = fakeFetch(() => new Response());
  const credential = apiKey({ key: "k=1+/", cookie: "session" });
  const api = createAuthFetch({ origins, credential, fetch });
  await api("https://api.example.com/");
  await api("https://api.example.com/", { headers: { cookie: "mysession=a; b=session=c" } });
  const taken = api("https://api.example.com/", { headers: { cookie: "a=b; session=c" } });
  await expect(taken).rejects.toMatchObject({ code: "unsendable_credential" });
  expect(fetch.requests.map(({ headers }) => headers.get("cookie"))).toEqual([
    "session=k=1+/",
    "mysession=a; b=session=c; session=k=1+/",
  ]);
});

test.each<[string, object]>([
  ["an empty key", { key: "" }],
  ["an empty key in the query", { key: "", query: "api_key" }],
  ["an empty query name", { key: "marked-secret", query: "" }],
  ["an empty cookie name", { key: "marked-secret", cookie: "" }],
  ["a semicolon in a cookie", { key: "marked-secret; Path=/", cookie: "a" }],
  ["a space in a cookie", { key: "marked secret", cookie: "a" }],
  ["a malformed cookie name", { key: "marked-secret", cookie: "a b" }],
  ["a line break in the key", { key: "marked-secret\n" }],
  ["a key beyond ASCII", { key: "marked-secret-ü" }],
  ["a malformed header name", { key: "marked-secret", header: "X Auth" }],
])("refuses %s without repeating the key", (_, options) => {
  expect(() => apiKey(options as ApiKeyOptions)).toThrow(ConfigurationError);
  expect(() => apiKey(options as ApiKeyOptions)).not.toThrow(/marked-secret/);
});
