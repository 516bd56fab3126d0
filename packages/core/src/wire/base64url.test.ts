import fc from "fast-check";
import { base64url } from "jose";
import { describe, expect, test } from "vitest";
import { decodeBase64Url, encodeBase64Url } from "./base64url.ts";

const utf8 = new TextEncoder();

describe("RFC 4648 §10, without padding", () => {
  const vectors = [
    ["", ""],
    ["f", "Zg"],
    ["fo", "Zm8"],
    ["foo", "Zm9v"],
    ["foob", "Zm9vYg"],
    ["fooba", "Zm9vYmE"],
    ["foobar", "Zm9vYmFy"],
  ] as const;
  for (const [text, encoded] of vectors) {
    test(`${JSON.stringify(text)} is ${JSON.stringify(encoded)}`, () => {
      expect(encodeBase64Url(utf8.encode(text))).toBe(encoded);
      expect(decodeBase64Url(encoded)).toEqual(utf8.encode(text));
    });
  }
});

test("RFC 7515 Appendix C: bytes that need - and _", () => {
  const bytes = new Uint8Array([3, 236, 255, 224, 193]);
  expect(encodeBase64Url(bytes)).toBe("A-z_4ME");
  expect(decodeBase64Url("A-z_4ME")).toEqual(bytes);
});

describe("refused, for one value has one spelling (RFC 4648 §3.5)", () => {
  const texts = [
    ...["Zg==", "Zm8=", "Zm9v=", "=", "===="],
    ...["Zm9v Zm9v", " Zm9v", "Zm9v\n", "Zm9v\t", "Zm\r\n9v"],
    ...["+/+/", "Zm9v+", "Zm9v/", "Zm9v.", "Zm9v,", "Zm9v%3D", "Zm9v\0"],
    ...["A", "Zm9vA", "Zm9vZm9vA"],
    ...["Zh", "Zv", "Z_", "Zm9", "Zm-", "Zm9vYh"],
    ...["é", "Zm9é", "\u{1f511}", "\u0130m9v", "Zm9v\u00a0", "\uff21AAA"],
  ];
  for (const text of texts) {
    test(JSON.stringify(text), () => expect(decodeBase64Url(text)).toBeUndefined());
  }
});

test("round trip, as jose writes it", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const text = encodeBase64Url(bytes);
      expect(text).toBe(base64url.encode(bytes));
      expect(decodeBase64Url(text)).toEqual(bytes);
    }),
    { numRuns: 1000 },
  );
});

test("whatever is decoded is encoded the same again, and jose decodes it the same", () => {
  const characters = fc.constantFrom(..."ABCXYZabcxyz0189-_+/= \n");
  const texts = fc.array(characters, { maxLength: 12 }).map((parts) => parts.join(""));
  let decoded = 0;
  fc.assert(
    fc.property(texts, (text) => {
      const bytes = decodeBase64Url(text);
      if (bytes === undefined) return;
      decoded += 1;
      expect(encodeBase64Url(bytes)).toBe(text);
      expect(bytes).toEqual(new Uint8Array(base64url.decode(text)));
    }),
    { numRuns: 3000 },
  );
  expect(decoded).toBeGreaterThan(30);
});
