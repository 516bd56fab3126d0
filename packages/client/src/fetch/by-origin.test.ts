import { ConfigurationError } from "@countersign/core/wire";
import { expect, test } from "vitest";
import { fakeFetch, redirectTo } from "../../fixtures/fake-fetch.ts";
import { apiKey } from "../credential/api-key.ts";
import { bearer } from "../credential/bearer.ts";
import { byOrigin } from "./by-origin.ts";
import { createAuthFetch } from "./create-auth-fetch.ts";

const table = {
  "https://api.example.com": bearer("token-a"),
  "https://files.example.com:8443/": apiKey({ key: "key-b" }),
  "http://localhost:8080": apiKey({ key: "key-c", query: "key" }),
};

test("each origin gets its own credential and no other", async () => {
  const fetch = fakeFetch(() => new Response());
  const api = createAuthFetch({ ...byOrigin(table), fetch });
  await api("https://api.example.com/1");
  await api("https://files.example.com:8443/2");
  await api("http://localhost:8080/3");
  expect(
    fetch.requests.map(({ url, headers }) => [
      url,
      headers.get("authorization"),
      headers.get("x-api-key"),
    ]),
  ).toEqual([
    ["https://api.example.com/1", "Bearer token-a", null],
    ["https://files.example.com:8443/2", null, "key-b"],
    ["http://localhost:8080/3?key=key-c", null, null],
  ]);
});

test("an origin that is not in the table gets nothing at all", async () => {
  const fetch = fakeFetch(() => new Response());
  const api = createAuthFetch({ ...byOrigin(table), fetch });
  for (const url of [
    "https://files.example.com/",
    "http://api.example.com/",
    "https://x.example/",
  ]) {
    await expect(api(url)).rejects.toMatchObject({ code: "origin_not_allowed" });
  }
  expect(fetch.requests).toHaveLength(0);
});

test("a redirect from one origin of the table to another takes neither credential along", async () => {
  const fetch = fakeFetch((_, nth) =>
    nth === 1 ? redirectTo("https://files.example.com:8443/") : new Response("ok"),
  );
  const api = createAuthFetch({ ...byOrigin(table), fetch });
  expect(await (await api("https://api.example.com/")).text()).toBe("ok");
  expect([...(fetch.requests[1]?.headers ?? [])]).toEqual([]);
});

test.each<[string, object]>([
  ["no origin", {}],
  ["two spellings of one origin", { "https://a.example": table, "https://A.example:443/": table }],
  ["a path", { "https://a.example/v1": table }],
  ["plain http", { "http://a.example": table }],
])("refuses %s", (_, credentials) => {
  expect(() => byOrigin(credentials as Parameters<typeof byOrigin>[0])).toThrow(ConfigurationError);
});
