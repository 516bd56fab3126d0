import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatChallenges } from "./challenge.ts";

const format = (params: Record<string, string>) => formatChallenges([{ scheme: "Bearer", params }]);

describe("the field (RFC 9110 §11.6.1)", () => {
  const rows: [what: string, found: string, expected: string][] = [
    ["nothing", formatChallenges([]), ""],
    ["no parameters", format({}), "Bearer"],
    ["one", format({ realm: "orders" }), 'Bearer realm="orders"'],
    ["two", format({ realm: "a", error: "b" }), 'Bearer realm="a", error="b"'],
    [
      "two challenges",
      formatChallenges([
        { scheme: "Bearer", params: { realm: "a" } },
        { scheme: "Basic", params: { realm: "a", charset: "UTF-8" } },
      ]),
      'Bearer realm="a", Basic realm="a", charset="UTF-8"',
    ],
    ["an empty value", format({ realm: "" }), 'Bearer realm=""'],
    ["a quote", format({ realm: 'a"b' }), 'Bearer realm="a\\"b"'],
    ["a backslash", format({ realm: "a\\b" }), 'Bearer realm="a\\\\b"'],
    ["both", format({ realm: '\\"' }), 'Bearer realm="\\\\\\""'],
    ["a comma, which needs nothing", format({ realm: "a, b=c" }), 'Bearer realm="a, b=c"'],
    ["CR and LF", format({ realm: "a\r\nSet-Cookie: b=c" }), 'Bearer realm="a??Set-Cookie: b=c"'],
    ["a null byte", format({ realm: "a\0b" }), 'Bearer realm="a?b"'],
    ["what is beyond ASCII", format({ realm: "é\u{1f511}\u2028" }), 'Bearer realm="????"'],
  ];
  for (const [what, found, expected] of rows) test(what, () => expect(found).toBe(expected));
});

test("whatever the value, it stays within its quotes and makes a header field", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (value) => {
      const text = format({ realm: value });
      expect(text).toMatch(/^Bearer realm="(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*"$/);
      expect(() => new Headers({ "www-authenticate": text })).not.toThrow();
    }),
    { numRuns: 500 },
  );
});
