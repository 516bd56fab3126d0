import { describe, expect, test } from "vitest";
import { formatAuthParams, parseAuthParams } from "./auth-params.ts";
import { formatChallenges } from "./challenge.ts";

describe("reading", () => {
  test.each<[string, [string, string][]]>([
    ["", []],
    [
      'realm="orders", qop=auth',
      [
        ["realm", "orders"],
        ["qop", "auth"],
      ],
    ],
    [
      "a=1,b=2",
      [
        ["a", "1"],
        ["b", "2"],
      ],
    ],
    [
      '\ta =\t"1" , B= 2',
      [
        ["a", "1"],
        ["B", "2"],
      ],
    ],
    ['a="x, y=\\"z\\", \\\\"', [["a", 'x, y="z", \\']]],
    ['a=""', [["a", ""]]],
    ["username*=UTF-8''J%C3%A4s", [["username*", "UTF-8''J%C3%A4s"]]],
    ["nonce=7ypf/xlj9XXw==", [["nonce", "7ypf/xlj9XXw=="]]],
    [
      "a=1, a=2",
      [
        ["a", "1"],
        ["a", "2"],
      ],
    ],
    ['a="\u00e4"', [["a", "\u00e4"]]],
  ])("%j", (text, params) => {
    expect(parseAuthParams(text)).toEqual(params);
  });

  test.each([
    "a",
    "a=",
    "=1",
    "a=1 b=2",
    "a=1,",
    "a=1, ",
    ",a=1",
    "a=1,,b=2",
    'a="1',
    'a="1"x',
    'a="1\\"',
    'a=1"2"',
    "a b=1",
    '"a"=1',
  ])("%j is no list of auth-params", (text) => {
    expect(parseAuthParams(text)).toBeUndefined();
  });

  test("many parameters, and none that ends, are read in one pass", () => {
    const many = Array.from({ length: 5000 }, (_, at) => `p${at}="${"\\".repeat(20)}"`).join(", ");
    expect(parseAuthParams(many)).toHaveLength(5000);
    expect(parseAuthParams(`a="${"\\a".repeat(50_000)}`)).toBeUndefined();
    expect(parseAuthParams(`${" \t".repeat(50_000)}=`)).toBeUndefined();
  });
});

describe("writing", () => {
  test("what is written is read again", () => {
    const params = [
      ["realm", 'a"b\\c, d'],
      ["nc", "00000001"],
    ] as const;
    const text = formatAuthParams(params, ["nc"]);
    expect(text).toBe('realm="a\\"b\\\\c, d", nc=00000001');
    expect(parseAuthParams(text)).toEqual(params);
  });

  test("what a field may not hold does not get into it", () => {
    expect(formatAuthParams([["realm", "a\r\nSet-Cookie: b\u00e4"]])).toBe(
      'realm="a??Set-Cookie: b?"',
    );
  });

  test("algorithm and stale of a challenge have no quotes, qop and nonce do (RFC 7616 §3.3)", () => {
    const params = { realm: "r", qop: "auth, auth-int", algorithm: "SHA-256", nonce: "n" };
    const challenge = { scheme: "Digest", params: { ...params, stale: "true", userhash: "false" } };
    expect(formatChallenges([challenge, { scheme: "OAuth", params: {} }])).toBe(
      'Digest realm="r", qop="auth, auth-int", algorithm=SHA-256, nonce="n", stale=true, userhash=false, OAuth',
    );
  });
});
