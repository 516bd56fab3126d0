import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeBase64Url } from "../wire/base64url.ts";
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

test("a text whose first dot comes too late for any token is none either", () => {
  expect(looksLikeJwt(`e${"y".repeat(16_000)}.`)).toBe(true);
  expect(looksLikeJwt(`e${"y".repeat(17_000)}.`)).toBe(false);
});

describe("parseToken", () => {
  test("refuses what has fewer or more than two dots, whatever is in the segments", () => {
    const header = segment({ alg: "x", iss: "a", a: "123" });
    // Cut or not, it decodes: without its dots, one text would be all three segments.
    expect(decodeBase64Url(header.slice(0, -1))).toBeUndefined();
    const both = [4, 3, 2].map((length) => segment({ alg: "x", a: "1".repeat(length) }));
    for (const part of [header, ...both]) {
      for (const text of [part, `${part}A`, `${part}.${part}`, `.${part}.${part}`, `${part}..`]) {
        expect(parseToken(text)).toBeUndefined();
      }
      expect(parseToken(`${part}.${part}.${part}`)).toBeDefined();
      for (const text of [`${part}.${part}.${part}.`, `${part}.${part}.${part}.${part}`]) {
        expect(parseToken(text)).toBeUndefined();
      }
    }
  });

  test("reads each header for what it says, however many like it came before", () => {
    const kids = Array.from({ length: 300 }, (_, at) => `k${at % 150}`);
    for (const kid of kids) {
      const text = `${segment({ alg: "x", kid })}.${segment({})}.`;
      expect(parseToken(text)?.header).toEqual({ alg: "x", kid, typ: undefined });
    }
    const known = segment({ alg: "x", kid: "k1" });
    for (const text of [`${known}=`, `${known} `, known.slice(0, -1), `${known}A`]) {
      expect(parseToken(`${text}.${segment({})}.`)).toBeUndefined();
    }
  });

  test("gives the text itself and what is used of the header", () => {
    const text = `${segment({ alg: "x", kid: "k", typ: "t", jwk: {}, x5c: [] })}.${segment({ a: 1 })}.Zg`;
    expect(parseToken(text)).toEqual({
      text,
      header: { alg: "x", kid: "k", typ: "t" },
      claims: { a: 1 },
      signature: new Uint8Array([102]),
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
