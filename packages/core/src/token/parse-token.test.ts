import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { looksLikeJwt, parseToken } from "./parse-token.ts";
import { segment } from "./signing.fixture.ts";

describe("looksLikeJwt", () => {
  test("a base64url segment that starts an object, and a dot", () => {
    fc.assert(
      fc.property(fc.object(), fc.constantFrom("", " ", "\n", "\t"), (object, space) => {
        expect(looksLikeJwt(`${segment(`{${space}${JSON.stringify(object).slice(1)}`)}.`)).toBe(
          true,
        );
      }),
    );
  });

  const others = [
    "",
    ".",
    "e",
    "e.",
    "ev.",
    "fy.a.b",
    "eyJhbGciOiJIUzI1NiJ9",
    "orders_abc_def",
    `${segment("[1]")}.a.b`,
    `${segment('"text"')}.a.b`,
    "eyJ hbGci.a.b",
    "eyJ+.a.b",
    "eyJ=.a.b",
    " eyJ.a.b",
  ];
  for (const text of others) {
    test(`not ${JSON.stringify(text)}`, () => expect(looksLikeJwt(text)).toBe(false));
  }
});

describe("parseToken", () => {
  test("gives the text itself and what is used of the header", () => {
    const text = `${segment({ alg: "x", kid: "k", typ: "t", jwk: {}, x5c: [] })}.${segment({ a: 1 })}.`;
    expect(parseToken(text)).toEqual({
      text,
      header: { alg: "x", kid: "k", typ: "t" },
      claims: { a: 1 },
    });
  });

  test("never throws, whatever it is given", () => {
    const segments = fc.oneof(
      fc.string(),
      fc.json().map(segment),
      fc.uint8Array().map(segment),
      fc.constant(segment({ alg: "x" })),
    );
    fc.assert(
      fc.property(fc.array(segments, { maxLength: 4 }), (parts) => {
        const parsed = parseToken(parts.join("."));
        if (parsed) expect(typeof parsed.header.alg).toBe("string");
      }),
      { numRuns: 2000 },
    );
  });
});
