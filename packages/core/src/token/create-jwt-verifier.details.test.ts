import { describe, expect, test } from "vitest";
import { createJwtVerifier } from "./create-jwt-verifier.ts";
import {
  audience,
  clock,
  goodClaims,
  issuer,
  makeKey,
  now,
  sign,
  signRaw,
} from "./signing.fixture.ts";
import { TokenError } from "./token-error.ts";

const key = await makeKey("ES256", "k1");
const jwks = { keys: [key.jwk] };
const other = "https://other.example.com";

/** What `explain` shows and events carry of a token that is refused. */
async function detailsOf(token: string | Promise<string>, options: object = {}) {
  const trust = { issuer, audience, clientId: ["web", "cli"], jwks };
  const verifier = createJwtVerifier({ clock, ...trust, ...options });
  const error = await verifier.verify(await token).catch((thrown: unknown) => thrown);
  if (!(error instanceof TokenError)) throw new Error("it was let in");
  return { reason: error.reason, ...error.details };
}

const two = [issuer, other].map((name) => ({ issuer: name, audience, jwks }));
const anAccessToken = "an access token";
const ofAnotherKind = "an ID token or a refresh token";

const rows: [
  what: string,
  token: string | Promise<string>,
  expected: Record<string, string>,
  found: string,
  options?: object,
][] = [
  ["what is no JWT", "a.b", { token_malformed: "a JWT" }, "3 characters that are none"],
  ["another issuer", sign(key, { iss: "x" }), { issuer_mismatch: issuer }, "x"],
  ["no issuer", sign(key, { iss: undefined }), { issuer_mismatch: issuer }, "undefined"],
  [
    "none of several issuers",
    sign(key, { iss: ["x"] }),
    { issuer_mismatch: `${issuer} or ${other}` },
    "object",
    { issuers: two },
  ],
  [
    "another algorithm",
    sign(key),
    { algorithm_not_allowed: "RS256 or PS256" },
    "ES256",
    { algorithms: ["RS256", "PS256"], jwks: () => jwks },
  ],
  ["no such key", sign(key, {}, { kid: "k2" }), { key_not_found: "a key for ES256" }, "k2"],
  [
    "another key's signature",
    makeKey("ES256", "k1").then((foreign) => sign(foreign)),
    { signature_invalid: "ES256 by the key k1" },
    "another signature",
  ],
  [
    "another typ",
    sign(key, {}, { typ: "Logout+JWT" }),
    { token_type_mismatch: "typ jwt or at+jwt" },
    "Logout+JWT",
  ],
  ["an ID token", sign(key, { nonce: "n" }), { token_type_mismatch: anAccessToken }, ofAnotherKind],
  ["no exp", sign(key, { exp: undefined }), { claim_invalid: "exp" }, "undefined"],
  ...["exp", "nbf", "iat"].map((name): (typeof rows)[number] => [
    `${name} that is no time`,
    sign(key, { [name]: "soon" }),
    { claim_invalid: `${name}: a finite number of seconds` },
    "string",
  ]),
  [
    "aud",
    sign(key, { aud: 5 }),
    { claim_invalid: "aud: a string or an array of strings" },
    "number",
  ],
  ["sub", sign(key, { sub: 5 }), { claim_invalid: "sub: a string that is not empty" }, "number"],
  ["past", sign(key, { exp: now - 31 }), { token_expired: `exp after ${now}` }, `${now - 31}`],
  ...["nbf", "iat"].map((name): (typeof rows)[number] => [
    `${name} to come`,
    sign(key, { [name]: now + 31 }),
    { token_not_yet_valid: `${name} not after ${now + 30}` },
    `${now + 31}`,
  ]),
  [
    "none of several audiences",
    sign(key, { aud: ["x", "y"] }),
    { audience_mismatch: `${audience} or ${other}` },
    "x, y",
    { audience: [audience, other] },
  ],
  ["another client", sign(key, { azp: "x" }), { client_mismatch: "web or cli" }, "x"],
  ["no client", sign(key), { client_mismatch: "web or cli" }, "undefined"],
  [
    "a claim of the profile that is absent",
    signRaw(key, { alg: "ES256", typ: "at+jwt" }, goodClaims),
    { claim_invalid: "iss, sub, client_id, jti, iat and aud (RFC 9068)" },
    "not all of them",
    { profile: "rfc9068" },
  ],
];

describe("a refusal says what was expected and what was found:", () => {
  for (const [what, token, expectation, found, options] of rows) {
    test(what, async () => {
      const [[reason, expected] = []] = Object.entries(expectation);
      expect(await detailsOf(token, options)).toEqual({ reason, expected, found });
    });
  }
});
