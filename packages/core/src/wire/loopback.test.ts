import { describe, expect, test } from "vitest";
import { ConfigurationError } from "./configuration-error.ts";
import { isLoopback, isSecureUrl, requireSecureUrl } from "./loopback.ts";

const loopback = [
  "http://localhost",
  "http://LOCALHOST:8080/path",
  "http://api.localhost",
  "http://127.0.0.1",
  "http://127.255.0.1:9",
  "http://127.1",
  "http://0x7f000001",
  "http://[::1]:8080",
];
const elsewhere = [
  "http://example.com",
  "http://127.example.com",
  "http://127.0.0.1.example.com",
  "http://localhost.example.com",
  "http://notlocalhost",
  "http://128.0.0.1",
  "http://0.0.0.0",
  "http://10.0.0.1",
  "http://169.254.169.254",
  "http://[::2]",
  "http://127.0.0.1@example.com",
  "http://localhost:pw@example.com",
];

describe("isLoopback", () => {
  for (const url of loopback) test(url, () => expect(isLoopback(new URL(url))).toBe(true));
  for (const url of elsewhere)
    test(`not ${url}`, () => expect(isLoopback(new URL(url))).toBe(false));
});

describe("isSecureUrl", () => {
  for (const url of [...loopback, "https://example.com", "https://example.com:8443/a@b?c@d#e@f"]) {
    test(url, () => expect(isSecureUrl(new URL(url))).toBe(true));
  }
  const others = [
    "http://evil.example/.localhost/",
    "http://evil.example/x.localhost:80/",
    "http://evil.example?.localhost/",
    "http://evil.example/http://localhost/",
    "https://ada@example.com",
    "https://ada:pw@example.com/",
    "http://ada:pw@localhost/",
    "https://@example.com:pw@evil.example/",
    "blob:https://example.com/1",
    "ftp://localhost/",
    "ws://localhost/",
    "data:,https://example.com/",
  ];
  for (const url of [...elsewhere, ...others]) {
    test(`not ${url}`, () => expect(isSecureUrl(new URL(url))).toBe(false));
  }
});

describe("requireSecureUrl", () => {
  for (const url of [...loopback, "https://example.com", "https://127.example.com/a?b#c"]) {
    test(`takes ${url}`, () => {
      expect(requireSecureUrl(url, "issuer").href).toBe(new URL(url).href);
      expect(requireSecureUrl(new URL(url), "issuer").href).toBe(new URL(url).href);
    });
  }
  const others = [
    "",
    "example.com",
    "/path",
    "//example.com",
    "ftp://localhost",
    "file:///etc/passwd",
    "data:,x",
    "javascript:alert(1)",
    "ws://localhost",
  ];
  for (const url of [...elsewhere, ...others]) {
    test(`refuses ${JSON.stringify(url)}`, () => {
      expect(() => requireSecureUrl(url, "issuer")).toThrow(ConfigurationError);
      expect(() => requireSecureUrl(url, "issuer")).toThrow(
        /^issuer must be an absolute https: URL/,
      );
    });
  }

  test("does not repeat a password in its message", () => {
    expect(() => requireSecureUrl("http://ada:planted@example.com", "issuer")).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining("planted") }),
    );
  });

  test("gives a URL of its own: changing the caller's changes nothing", () => {
    const given = new URL("https://example.com/");
    const taken = requireSecureUrl(given, "issuer");
    given.host = "evil.example";
    expect(taken.host).toBe("example.com");
  });
});
