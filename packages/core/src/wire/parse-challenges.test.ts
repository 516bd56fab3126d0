import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatChallenges } from "./challenge.ts";
import { parseChallenges } from "./parse-challenges.ts";

describe("parseChallenges", () => {
  const fields: Record<string, readonly [field: string, expected: unknown]> = {
    "RFC 9110 §11.6.1": [
      'Basic realm="simple", Newauth realm="apps", type=1, title="Login to \\"apps\\""',
      [
        { scheme: "Basic", params: { realm: "simple" } },
        { scheme: "Newauth", params: { realm: "apps", type: "1", title: 'Login to "apps"' } },
      ],
    ],
    "RFC 7616 §3.9.1, two lines of a field": [
      'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, ' +
        'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", ' +
        'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS", ' +
        'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=MD5, ' +
        'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"',
      ["SHA-256", "MD5"].map((algorithm) => ({
        scheme: "Digest",
        params: expect.objectContaining({ algorithm, qop: "auth, auth-int" }),
      })),
    ],
    "RFC 9449 §9": [
      'DPoP error="use_dpop_nonce", error_description="Resource server requires nonce in DPoP proof"',
      [{ scheme: "DPoP", params: expect.objectContaining({ error: "use_dpop_nonce" }) }],
    ],
    "RFC 9470 §3": [
      'Bearer error="insufficient_user_authentication", max_age="5", acr_values="myACR"',
      [
        {
          scheme: "Bearer",
          params: expect.objectContaining({ max_age: "5", acr_values: "myACR" }),
        },
      ],
    ],
    "schemes without parameters": [
      "Negotiate, Basic,Bearer",
      ["Negotiate", "Basic", "Bearer"].map((scheme) => ({ scheme, params: {} })),
    ],
    "a token68": [
      "Negotiate YWJj==, Bearer realm=a",
      [
        { scheme: "Negotiate", params: {} },
        { scheme: "Bearer", params: { realm: "a" } },
      ],
    ],
    "a token68 behind white space, and as the last thing": [
      "NTLM \t YWJj== , Negotiate YWJj",
      ["NTLM", "Negotiate"].map((scheme) => ({ scheme, params: {} })),
    ],
    "a tab behind a scheme, and one before its parameter": [
      "Negotiate\t, Basic \trealm=a",
      [
        { scheme: "Negotiate", params: {} },
        { scheme: "Basic", params: { realm: "a" } },
      ],
    ],
    "a tab where a space must be": ["Bearer\trealm=a", undefined],
    "a token68 with more behind it": ["Negotiate YWJj== x", undefined],
    "empty elements, white space, and names in any case": [
      ' ,, BEARER  Realm = "a" ,\t, ERROR\t=\tb , ,',
      [{ scheme: "BEARER", params: { realm: "a", error: "b" } }],
    ],
    "a comma and another challenge inside a quoted-string": [
      'Bearer realm="a, Basic realm=\\"b"',
      [{ scheme: "Bearer", params: { realm: 'a, Basic realm="b' } }],
    ],
    "a name of every object": [
      "Bearer __proto__=a, constructor=b",
      [
        {
          scheme: "Bearer",
          params: Object.fromEntries([
            ["__proto__", "a"],
            ["constructor", "b"],
          ]),
        },
      ],
    ],
    "an empty field": ["", []],
    "a parameter twice": ["Bearer realm=a, REALM=b", undefined],
    "a parameter before any scheme": ["realm=a", undefined],
    "a quoted-string without its end": ['Bearer realm="a', undefined],
    "two parameters without a comma": ["Bearer realm=a error=b", undefined],
    "a control character": ["Bearer\0 realm=a", undefined],
  };
  test.each(Object.entries(fields))("%s", (_, [field, expected]) => {
    expect(parseChallenges(field)).toEqual(expected);
  });

  test("reads whatever formatChallenges writes", () => {
    const word = fc.stringMatching(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,12}$/);
    const params = fc.dictionary(
      word.map((name) => name.toLowerCase()).filter((name) => name !== "__proto__"),
      fc.string(),
    );
    const quotable = (text: string) => text.replace(/[^\x20-\x7e]/g, "?");
    const tokens = new Set(["algorithm", "stale", "userhash"]);
    fc.assert(
      fc.property(fc.array(fc.record({ scheme: word, params })), (challenges) => {
        const plain = challenges.map(({ scheme, params }) => ({
          scheme,
          params: Object.fromEntries(
            Object.entries(params)
              .filter(([name]) => !tokens.has(name))
              .map(([name, value]) => [name, quotable(value)]),
          ),
        }));
        expect(parseChallenges(formatChallenges(plain))).toEqual(plain);
      }),
    );
  });
});
