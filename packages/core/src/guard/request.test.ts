import { describe, expect, test } from "vitest";
import { requestOf } from "./request.fixture.ts";
import { isPreflight, publicUrlOf } from "./request.ts";

describe("publicUrlOf", () => {
  const rows: [target: string, publicUrl: string | undefined, expected: string][] = [
    ["/orders?a=1", "https://api.example.com", "https://api.example.com/orders?a=1"],
    ["/orders", "https://api.example.com/", "https://api.example.com/orders"],
    ["/orders", "https://api.example.com/v1", "https://api.example.com/v1/orders"],
    ["/orders", "https://api.example.com/v1/", "https://api.example.com/v1/orders"],
    ["/orders", "http://127.0.0.1:8080", "http://127.0.0.1:8080/orders"],
    ["/", "https://api.example.com", "https://api.example.com/"],
    ["*", "https://api.example.com", "https://api.example.com/*"],
    ["", "https://api.example.com", "https://api.example.com/"],
    // Absolute and odd targets never choose the origin.
    ["http://evil.test/orders", "https://a.example", "https://a.example/http://evil.test/orders"],
    ["//evil.test/orders", "https://a.example", "https://a.example//evil.test/orders"],
    ["@evil.test/", "https://a.example", "https://a.example/@evil.test/"],
    [".evil.test/", "https://a.example", "https://a.example/.evil.test/"],
    [":80@evil.test/", "https://a.example", "https://a.example/:80@evil.test/"],
    ["/orders", undefined, "http://unknown.invalid/orders"],
  ];
  for (const [target, publicUrl, expected] of rows) {
    test(`${target} at ${publicUrl}`, () => {
      expect(publicUrlOf(target, publicUrl === undefined ? undefined : new URL(publicUrl))).toBe(
        expected,
      );
      expect(new URL(expected).hostname).not.toContain("evil");
    });
  }
});

test("a preflight is OPTIONS with both of its headers", () => {
  const headers = { origin: "https://a.example", "access-control-request-method": "GET" };
  expect(isPreflight(requestOf(headers, "/", "OPTIONS"))).toBe(true);
  expect(isPreflight(requestOf(headers, "/", "GET"))).toBe(false);
  expect(isPreflight(requestOf({}, "/", "OPTIONS"))).toBe(false);
});
