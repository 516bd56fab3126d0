import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeBasic, encodeBasic } from "./basic.ts";
import { ConfigurationError } from "./configuration-error.ts";

test("RFC 7617 §2: Aladdin, open sesame", () => {
  const pair = { username: "Aladdin", password: "open sesame" };
  expect(encodeBasic(pair)).toBe("QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  expect(decodeBasic("QWxhZGRpbjpvcGVuIHNlc2FtZQ==")).toEqual(pair);
});

test("RFC 7617 §2.1: test, 123£ in UTF-8", () => {
  expect(encodeBasic({ username: "test", password: "123£" })).toBe("dGVzdDoxMjPCow==");
  expect(decodeBasic("dGVzdDoxMjPCow==")).toEqual({ username: "test", password: "123£" });
});

test("round trip of whatever may be sent", () => {
  const allowed = fc
    .string({ unit: "grapheme" })
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is left out
    .map((text) => text.replace(/[\x00-\x1f\x7f]/g, ""));
  fc.assert(
    fc.property(allowed, allowed, (name, password) => {
      const pair = { username: name.replaceAll(":", ""), password };
      expect(decodeBasic(encodeBasic(pair))).toEqual(pair);
    }),
  );
});

test.each([
  ["a colon in the user name", { username: "a:b", password: "planted" }],
  ["a line break in the password", { username: "a", password: "planted\n" }],
  ["a NUL in the user name", { username: "a\0", password: "planted" }],
])("encodeBasic refuses %s without repeating it", (_, pair) => {
  expect(() => encodeBasic(pair)).toThrow(ConfigurationError);
  expect(() => encodeBasic(pair)).toThrow("no colon in the user name, no control characters");
  expect(() => encodeBasic(pair)).not.toThrow(/planted/);
});

test("a byte-order mark is part of the user name, as is a colon of the password", () => {
  const pair = { username: "\ufeffa", password: ":b:" };
  expect(decodeBasic(btoa("\u00ef\u00bb\u00bfa::b:"))).toEqual(pair);
});

describe("decodeBasic never throws", () => {
  test.each([
    "",
    "=",
    "YTpi=",
    "YTpi====",
    "YTp",
    "YT pi",
    " YTpi",
    "YTp-YTp_",
    btoa("ab"),
    btoa("a:b\n"),
    btoa("a\0:b"),
    btoa("a:\u007f"),
    btoa("\u00ff:b"),
    btoa("a:\u00c3"),
  ])("%j are no credentials", (text) => {
    expect(decodeBasic(text)).toBeUndefined();
  });

  test("whatever it is given", () => {
    const texts = fc.oneof(fc.string(), fc.base64String(), fc.stringMatching(/^[A-Za-z0-9+/=]*$/));
    fc.assert(
      fc.property(texts, (text) => {
        const pair = decodeBasic(text);
        if (pair) expect(pair.username).not.toContain(":");
      }),
      { numRuns: 2000 },
    );
  });
});
