import { describe, expect, test, vi } from "vitest";
import { createJwtVerifier } from "./create-jwt-verifier.ts";
import {
  audience,
  clock,
  goodClaims,
  issuer,
  makeKey,
  outcomeOf,
  sign,
  signRaw,
} from "./signing.fixture.ts";

const fetch = vi.fn(() => Promise.reject(new Error("nothing may be fetched")));
vi.stubGlobal("fetch", fetch);

const key = await makeKey("ES256", "k1");
const attacker = await makeKey("ES256", "evil");
const spki = await crypto.subtle.exportKey("spki", attacker.publicKey);
const x5c = [Buffer.from(spki).toString("base64")];

const verifier = createJwtVerifier({ issuer, audience, clock, jwks: { keys: [key.jwk] } });
const good = await sign(key);

function check(rows: [name: string, expected: string, token: string | Promise<string>][]) {
  for (const [name, expected, token] of rows) {
    test(`${name}: ${expected}`, async () => {
      expect(await outcomeOf(verifier, await token)).toBe(expected);
      expect(await outcomeOf(verifier, good)).toBe("accepted");
      expect(fetch).not.toHaveBeenCalled();
    });
  }
}

describe("key material in the header is not looked at (RFC 8725 §3.10)", () => {
  const jku = "https://evil.example/jwks.json";
  const metadata = "http://169.254.169.254/latest/meta-data/";
  const forged = (header: object) => sign(attacker, {}, { kid: "k1", ...header });
  check([
    [
      "signed by an embedded jwk (CVE-2018-0114)",
      "signature_invalid",
      forged({ jwk: attacker.jwk }),
    ],
    ["the same under its own kid", "key_not_found", sign(attacker, {}, { jwk: attacker.jwk })],
    [
      "the same without kid",
      "signature_invalid",
      sign(attacker, {}, { kid: undefined, jwk: attacker.jwk }),
    ],
    ["signed by a key behind jku", "signature_invalid", forged({ jku })],
    ["the same under its own kid", "key_not_found", sign(attacker, {}, { jku })],
    ["jku at a metadata address (CVE-2024-21643)", "signature_invalid", forged({ jku: metadata })],
    ["x5u", "signature_invalid", forged({ x5u: "https://evil.example/cert.pem" })],
    ["x5c", "signature_invalid", forged({ x5c })],
    ["x5t", "signature_invalid", forged({ x5t: "AAAA", "x5t#S256": "AAAA" })],
    ["all of them", "signature_invalid", forged({ jku, x5u: jku, x5c, jwk: attacker.jwk })],
    ["a good token with a jku beside its kid", "accepted", sign(key, {}, { jku })],
    ["a good token with a foreign jwk", "accepted", sign(key, {}, { jwk: attacker.jwk })],
    ["a good token with its own jwk", "accepted", sign(key, {}, { jwk: key.jwk })],
    ["a good token with x5t", "accepted", sign(key, {}, { x5t: "AAAA" })],
    ["a good token with a jku that is no string", "accepted", sign(key, {}, { jku: [5] })],
    ["a good token with a header of its own", "accepted", sign(key, {}, { tenant: "acme" })],
  ]);
});

describe("kid", () => {
  const strings = [
    "",
    "k1 ",
    "K1",
    "k1,k2",
    "../../dev/null",
    "/dev/null",
    "k1' UNION SELECT 'secret'; --",
    "k1 | sleep 10",
    "$(sleep 10)",
    "k1\r\nSet-Cookie: a=b",
    "k1\0",
    "__proto__",
    "constructor",
    "undefined",
    "\ud800",
    "k".repeat(8000),
  ];
  const others: unknown[] = [1, 0, null, true, {}, { toString: "k1" }, ["k1"], []];
  check([
    ...strings.map((kid): [string, string, Promise<string>] => {
      return [JSON.stringify(kid).slice(0, 40), "key_not_found", sign(key, {}, { kid })];
    }),
    ...others.map((kid): [string, string, Promise<string>] => {
      return [JSON.stringify(kid), "token_malformed", sign(key, {}, { kid })];
    }),
    ["of 64 KB", "token_malformed", sign(key, {}, { kid: "k".repeat(65_536) })],
    ["absent", "accepted", sign(key, {}, { kid: undefined })],
  ]);
});

describe("crit and b64 (RFC 7515 §4.1.11, RFC 7797 §6)", () => {
  const refused: [name: string, header: object][] = [
    ["an unknown extension", { crit: ["ext"], ext: true }],
    ["an extension that is not in the header", { crit: ["ext"] }],
    ["an empty crit", { crit: [] }],
    ["a crit that names a registered member", { crit: ["alg"] }],
    ["a crit that is a string", { crit: "b64" }],
    ["a crit that is null", { crit: null }],
    ["a crit that is an object", { crit: {} }],
    ["an unencoded payload", { b64: false, crit: ["b64"] }],
    ["an unencoded payload without crit", { b64: false }],
    ["an encoded payload that is critical", { b64: true, crit: ["b64"] }],
    ["a b64 that is no boolean", { b64: "false" }],
    ["a b64 that is null", { b64: null }],
  ];
  check(
    refused.map(([name, header]) => [
      name,
      "token_malformed",
      signRaw(key, { alg: "ES256", kid: "k1", ...header }, goodClaims),
    ]),
  );
  check([["b64: true, which is the default", "accepted", sign(key, {}, { b64: true })]]);
});

describe("typ (RFC 8725 §3.11, RFC 9068 §4)", () => {
  const fine = ["JWT", "jwt", "at+jwt", "AT+JWT", "application/at+jwt", "Application/JWT"];
  const wrong = [
    "",
    "dpop+jwt",
    "logout+jwt",
    "secevent+jwt",
    "id_token+jwt",
    "rt+jwt",
    "token-introspection+jwt",
    "JWT ",
    "application/application/jwt",
    "at+application/jwt",
    "text/jwt",
    "JWE",
  ];
  check([
    ...fine.map((typ): [string, string, Promise<string>] => [
      typ,
      "accepted",
      sign(key, {}, { typ }),
    ]),
    ...wrong.map((typ): [string, string, Promise<string>] => [
      JSON.stringify(typ),
      "token_type_mismatch",
      sign(key, {}, { typ }),
    ]),
    ...[5, null, ["JWT"], {}].map((typ): [string, string, Promise<string>] => [
      JSON.stringify(typ),
      "token_malformed",
      sign(key, {}, { typ }),
    ]),
  ]);

  test("those that are listed, and no others", async () => {
    const strict = createJwtVerifier({
      issuer,
      audience,
      clock,
      jwks: { keys: [key.jwk] },
      types: ["application/Secevent+JWT"],
    });
    for (const typ of ["secevent+jwt", "application/secevent+jwt"]) {
      expect(await outcomeOf(strict, await sign(key, {}, { typ }))).toBe("accepted");
    }
    expect(await outcomeOf(strict, await sign(key, {}, { typ: "at+jwt" }))).toBe(
      "token_type_mismatch",
    );
  });
});
