import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { oauth1BaseString, queryOf } from "./oauth1-base-string.ts";
import {
  formatOAuth1Header,
  type OAuth1Parameter,
  parseFormParameters,
  parseOAuth1Header,
} from "./oauth1-parameters.ts";

/** The request of RFC 5849 §3.1. */
const header = `realm="Example",
        oauth_consumer_key="9djdj82h48djs9d2",
        oauth_token="kkk9d7dh3k39sjv7",
        oauth_signature_method="HMAC-SHA1",
        oauth_timestamp="137131201",
        oauth_nonce="7d8f3e4a",
        oauth_signature="bYT5CMsGcbgUdFHObYMEfcx6bsw%3D"`.replaceAll("\n", "");
const form = "c2&a3=2+q";
const url = "http://example.com/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b";
const parameters = [...(parseOAuth1Header(header) ?? []), ...(parseFormParameters(form) ?? [])];

test("RFC 5849 §3.4.1.1: the base string", () => {
  expect(oauth1BaseString({ method: "post", url, parameters })).toBe(
    "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q" +
      "%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2%3D%26oauth_consumer_" +
      "key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_m" +
      "ethod%3DHMAC-SHA1%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk" +
      "9d7dh3k39sjv7",
  );
});

describe("RFC 5849 §3.4.1.2: the base string URI", () => {
  const uriOf = (whole: string) =>
    decodeURIComponent(
      oauth1BaseString({ method: "GET", url: whole, parameters: [] })?.split("&")[1] ?? "",
    );
  test.each([
    ["http://EXAMPLE.COM:80/r%20v/X?id=123", "http://example.com/r%20v/X"],
    ["https://www.example.net:8080/?q=1", "https://www.example.net:8080/"],
    ["HTTPS://Example.com:443", "https://example.com/"],
    ["https://example.com:80/", "https://example.com:80/"],
    ["http://example.com?q=1", "http://example.com/"],
    ["http://example.com/a/../b//c#d?e", "http://example.com/a/../b//c"],
    ["http://example.com/%7Ea%2fb", "http://example.com/%7Ea%2fb"],
    ["http://[::1]:3000/x", "http://[::1]:3000/x"],
  ])("%s", (given, expected) => {
    expect(uriOf(given)).toBe(expected);
  });
});

describe("RFC 5849 §3.4.1.3: the parameters", () => {
  const normalised = (query: string, more: OAuth1Parameter[] = []) =>
    decodeURIComponent(
      oauth1BaseString({ method: "GET", url: `http://a.b/?${query}`, parameters: more })?.split(
        "&",
      )[2] ?? "",
    );

  test("§3.4.1.3.1: where they come from, decoded", () => {
    expect(parseFormParameters(queryOf(url))).toEqual([
      ["b5", "=%3D"],
      ["a3", "a"],
      ["c@", ""],
      ["a2", "r b"],
    ]);
    expect(parseFormParameters(form)).toEqual([
      ["c2", ""],
      ["a3", "2 q"],
    ]);
    expect(parseOAuth1Header(header)).toEqual([
      ["oauth_consumer_key", "9djdj82h48djs9d2"],
      ["oauth_token", "kkk9d7dh3k39sjv7"],
      ["oauth_signature_method", "HMAC-SHA1"],
      ["oauth_timestamp", "137131201"],
      ["oauth_nonce", "7d8f3e4a"],
      ["oauth_signature", "bYT5CMsGcbgUdFHObYMEfcx6bsw="],
    ]);
  });

  test("§3.4.1.3.2: encoded, sorted, joined", () => {
    const base = oauth1BaseString({ method: "POST", url, parameters });
    expect(decodeURIComponent(base?.split("&")[2] ?? "")).toBe(
      "a2=r%20b&a3=2%20q&a3=a&b5=%3D%253D&c%40=&c2=&oauth_consumer_key=9djdj82h48djs9d2" +
        "&oauth_nonce=7d8f3e4a&oauth_signature_method=HMAC-SHA1&oauth_timestamp=137131201" +
        "&oauth_token=kkk9d7dh3k39sjv7",
    );
  });

  test.each([
    ["names before values: a name that is the beginning of another", "a1=x&a=y", "a=y&a1=x"],
    ["by encoded bytes", "%C3%A9=1&z=1&A=1&%2D=1&a=1", "%C3%A9=1&-=1&A=1&a=1&z=1"],
    ["values of one name", "a=2&a=10&a=%C3%A9&a=", "a=&a=%C3%A9&a=10&a=2"],
    ["the same one twice stays twice", "a=1&a=1", "a=1&a=1"],
    ["a plus is a space, an encoded one a plus", "a=1+2&b=1%2B2", "a=1%202&b=1%2B2"],
    ["unreserved characters alone are left", "a=-._~!'()*", "a=-._~%21%27%28%29%2A"],
    ["however they were encoded", "a=%7e%41%2d", "a=~A-"],
    ["empty pairs are none", "&a=1&&b&", "a=1&b="],
    ["only the first = divides", "a=b=c", "a=b%3Dc"],
    ["a name may be empty", "=x", "=x"],
    ["a signature is left out, wherever it is", "oauth_signature=x&a=1", "a=1"],
    ["a realm in the query is a parameter", "realm=x", "realm=x"],
  ])("%s", (_what, query, expected) => {
    expect(normalised(query)).toBe(expected);
  });

  test("parameters of all places are one list", () => {
    expect(
      normalised("b=1", [
        ["a", "2"],
        ["b", "0"],
      ]),
    ).toBe("a=2&b=0&b=1");
  });

  test.each(["a=%", "a=%4", "a=%zz", "a=%FF", "a=%C3", "%ED%A0%80=1"])(
    "%s is refused: two requests must not have one base string",
    (query) => {
      expect(parseFormParameters(query)).toBeUndefined();
      const request = { method: "GET", url: `http://a.b/?${query}`, parameters: [] };
      expect(oauth1BaseString(request)).toBeUndefined();
    },
  );

  test("the order in which parameters are sent does not matter, their values do", () => {
    const pair = fc.tuple(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }));
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 6 }), (pairs) => {
        const base = (some: [string, string][]) =>
          oauth1BaseString({ method: "GET", url: "http://a.b/", parameters: some });
        const sent = new URLSearchParams(pairs).toString();
        expect(
          oauth1BaseString({ method: "GET", url: `http://a.b/?${sent}`, parameters: [] }),
        ).toBe(base(pairs));
        expect(base(pairs.toReversed())).toBe(base(pairs));
        expect(base([...pairs, ["x", "y"]])).not.toBe(base(pairs));
      }),
    );
  });
});

describe("the header (RFC 5849 §3.5.1)", () => {
  test("there and back", () => {
    const some: OAuth1Parameter[] = [
      ["oauth_nonce", 'a"b, c=d%20'],
      ["oauth_signature", "r6/TJjbCOr97/+UU0NsvSne7s5g="],
      ["X y", ""],
    ];
    const text = formatOAuth1Header(some);
    expect(text).toBe(
      'oauth_nonce="a%22b%2C%20c%3Dd%2520", oauth_signature="r6%2FTJjbCOr97%2F%2BUU0NsvSne7s5g%3D", X%20y=""',
    );
    expect(parseOAuth1Header(text)).toEqual(some);
  });

  test.each(["", 'realm="only"', 'REALM="only"'])("%j has no parameters", (text) => {
    expect(parseOAuth1Header(text)).toEqual([]);
  });

  test.each(["token", 'oauth_nonce="%"', 'oauth_nonce="%FF"', 'oauth_nonce="a'])(
    "%j cannot be read",
    (text) => {
      expect(parseOAuth1Header(text)).toBeUndefined();
    },
  );

  test("a plus is a plus", () => {
    expect(parseOAuth1Header('oauth_nonce="a+b"')).toEqual([["oauth_nonce", "a+b"]]);
  });
});
