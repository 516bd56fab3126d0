import { expect, test } from "vitest";
import { fakeFetch } from "../../fixtures/fake-fetch.ts";
import { createAuthFetch } from "../fetch/create-auth-fetch.ts";
import { fromEnvironment } from "./from-environment.ts";

const origin = "https://api.example.com";

test.each<[string, Record<string, string>, string, string]>([
  ["a token", { ORDERS_TOKEN: "t" }, "authorization", "Bearer t"],
  ["a key", { ORDERS_API_KEY: "k", OTHER_TOKEN: "t" }, "x-api-key", "k"],
  ["a password", { ORDERS_USERNAME: "a", ORDERS_PASSWORD: "p" }, "authorization", "Basic YTpw"],
  [
    "a token beside an empty key",
    { ORDERS_TOKEN: "t", ORDERS_API_KEY: "" },
    "authorization",
    "Bearer t",
  ],
])("finds %s", async (_, environment, header, expected) => {
  const fetch = fakeFetch(() => new Response());
  const credential = fromEnvironment(environment, "ORDERS");
  await createAuthFetch({ origins: [origin], credential, fetch })(`${origin}/`);
  expect(fetch.requests[0]?.headers.get(header)).toBe(expected);
});

test.each<[string, Record<string, string>]>([
  ["nothing", {}],
  ["another prefix's", { OTHER_TOKEN: "marked" }],
  ["two", { ORDERS_TOKEN: "marked", ORDERS_API_KEY: "marked" }],
  ["a user name alone", { ORDERS_USERNAME: "marked" }],
])("refuses %s", (_, environment) => {
  expect(() => fromEnvironment(environment, "ORDERS")).toThrow(/^fromEnvironment: (?!.*marked)/);
});

test("refuses a prefix that is no name", () => {
  expect(() => fromEnvironment({}, "")).toThrow("prefix");
});
