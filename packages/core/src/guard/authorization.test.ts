import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseAuthorization, token68 } from "./authorization.ts";

describe("parseAuthorization", () => {
  const rows: [field: string | undefined, expected: ReturnType<typeof parseAuthorization>][] = [
    [undefined, undefined],
    ["Bearer abc", { scheme: "bearer", value: "abc" }],
    ["bEaReR abc", { scheme: "bearer", value: "abc" }],
    ["Bearer   abc", { scheme: "bearer", value: "abc" }],
    ["  Bearer abc \t", { scheme: "bearer", value: "abc" }],
    ["Bearer a b", { scheme: "bearer", value: "a b" }],
    ["Bearer", { scheme: "bearer", value: "" }],
    ["Bearer ", { scheme: "bearer", value: "" }],
    ["Bearer \t ", { scheme: "bearer", value: "" }],
    ["Bearer \ta", { scheme: "bearer", value: "a" }],
    ["Bearer a\\", { scheme: "bearer", value: "a\\" }],
    ['Digest a="b\\', { scheme: "digest", value: 'a="b\\' }],
    ['Digest a="b\\"', { scheme: "digest", value: 'a="b\\"' }],
    ['Digest a="b" "c, d" e', { scheme: "digest", value: 'a="b" "c, d" e' }],
    ["Bearer abc==", { scheme: "bearer", value: "abc==" }],
    ["Bearer abc\u00a0", { scheme: "bearer", value: "abc\u00a0" }],
    ["abc", { scheme: "abc", value: "" }],
    ['Digest username="a, b", qop=auth', { scheme: "digest", value: 'username="a, b", qop=auth' }],
    ['Digest a="x\\", y", b = "z"', { scheme: "digest", value: 'a="x\\", y", b = "z"' }],
    ["Digest a=1 ,\tb=2", { scheme: "digest", value: "a=1 ,\tb=2" }],
    ["Digest a=1,b=2,  c=three", { scheme: "digest", value: "a=1,b=2,  c=three" }],
    ['Digest a=1,b= "" , c  ="x, y" ', { scheme: "digest", value: 'a=1,b= "" , c  ="x, y"' }],
    ['Digest a=1, b="x\\", y=\\"z" \t', { scheme: "digest", value: 'a=1, b="x\\", y=\\"z"' }],
    ["", "malformed"],
    [" ", "malformed"],
    [",", "malformed"],
    ["Bearer abc,", "malformed"],
    ["Bearer ,", "malformed"],
    ['Bearer ,"', "malformed"],
    ['Bearer "', { scheme: "bearer", value: '"' }],
    [", Bearer abc", "malformed"],
    ["Bearer\tabc", "malformed"],
    ["Bearer\u00a0abc", "malformed"],
    ["\u00a0Bearer abc", "malformed"],
    ["\ufeffBearer abc", "malformed"],
    ["Bearer, abc", "malformed"],
    ["Bearer, a=b", "malformed"],
    ["Bearer=abc", "malformed"],
    ['"Bearer" abc', "malformed"],
    ["Bear(er abc", "malformed"],
    ["Bearer abc, Bearer def", "malformed"],
    ["Bearer abc, Bearer abc", "malformed"],
    ["Bearer abc, Basic def", "malformed"],
    ["Bearer abc, Basic def==", "malformed"],
    ["Bearer abc, Basic", "malformed"],
    ["Bearer abc,Basic dGVzdA==", "malformed"],
    ["Basic dGVzdA==, Bearer abc", "malformed"],
    ['Digest a="b", Digest a="b"', "malformed"],
    ['Digest a="b", Basic abc', "malformed"],
    ['Digest a="b, Bearer abc', { scheme: "digest", value: 'a="b, Bearer abc' }],
    ['Digest a=1, b="unclosed', "malformed"],
    ['Digest a=1, b="c"d', "malformed"],
    ['Digest a=1, b="c","d"', "malformed"],
    ["Digest a=1, b=c,Basic", "malformed"],
    ["Digest a=1, b=c,", "malformed"],
  ];
  for (const [field, expected] of rows) {
    test(JSON.stringify(field) ?? "absent", () => {
      expect(parseAuthorization(field)).toEqual(expected);
    });
  }

  const piece = fc.oneof(
    fc.string(),
    fc.constantFrom("Bearer", "Basic", " ", ",", '"', "\\", "=", "\t", "a=b", 'a="b"', "abc=="),
  );
  const fields = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));

  test("never throws, and what it takes begins with the scheme", () => {
    fc.assert(
      fc.property(fields, (field) => {
        const parsed = parseAuthorization(field);
        if (typeof parsed !== "object") return;
        expect(parsed.scheme).toMatch(/^[!#$%&'*+\-.^_`|~0-9a-z]+$/);
        expect(field.trimStart().toLowerCase().startsWith(parsed.scheme)).toBe(true);
      }),
      { numRuns: 5000 },
    );
  });

  test("two lines, joined as every adapter does, are never one credential", () => {
    const token = fc.stringMatching(/^[A-Za-z0-9._~+/-]{1,40}={0,2}$/);
    const scheme = fc.constantFrom("Bearer", "bearer", "Basic", "ApiKey", "DPoP");
    const line = fc.tuple(scheme, token).map((parts) => parts.join(" "));
    fc.assert(
      fc.property(line, line, (first, second) => {
        expect(parseAuthorization(`${first}, ${second}`)).toBe("malformed");
      }),
      { numRuns: 2000 },
    );
  });
});

describe("token68 (RFC 9110 §11.2)", () => {
  for (const text of ["abc", "a-b._~+/", "abc=", "abc=="]) {
    test(`${text} is one`, () => expect(token68(text)).toBe(text));
  }
  for (const text of ["", "=", "a b", "a=b", "a,b", 'a"', "é", "a\n", "a\0", " a"]) {
    test(`${JSON.stringify(text)} is none`, () => expect(token68(text)).toBeUndefined());
  }
});
