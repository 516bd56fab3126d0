/** What `explain` shows and events carry of a proof that is refused. */
import { describe, expect, test } from "vitest";
import { makeKey, now, segment } from "../token/signing.fixture.ts";
import { jwkThumbprint, type PublicJwk } from "../wire/jwk-thumbprint.ts";
import {
  clientKey,
  guardOf,
  makeProof,
  type ProofChanges,
  requestOf,
  token,
} from "./proof.fixture.ts";

const otherKey = await makeKey("ES256");
const [ours, others] = await Promise.all(
  [clientKey, otherKey].map(({ jwk }) => jwkThumbprint(jwk as PublicJwk)),
);
const url = "https://api.example.com/orders";

type Row = [
  what: string,
  changes: ProofChanges,
  expected: string | undefined,
  found: string | undefined,
];

const header = (members: object): ProofChanges => ({ header: members });
const claims = (members: object): ProofChanges => ({ claims: members });
const isNoString = (name: string, value: unknown, found: string): Row => [
  `${name} ${found}`,
  claims({ [name]: value }),
  `${name}: a string that is not empty`,
  found,
];

const rows: Row[] = [
  ["another typ", header({ typ: "JWT" }), "typ dpop+jwt", "JWT"],
  ["no typ", header({ typ: undefined }), "typ dpop+jwt", "undefined"],
  ["another alg", header({ alg: "ES384" }), "alg ES256 or PS256", "ES384"],
  ["no key", header({ jwk: undefined }), "jwk: a public key for ES256", "none"],
  ["a key that is none", header({ jwk: "key" }), "jwk: a public key for ES256", "no JWK"],
  [
    "a private key",
    header({ jwk: { kty: "EC", d: "planted" } }),
    "jwk: a public key for ES256",
    "another, with kty, d",
  ],
  ["no iat", claims({ iat: undefined }), "iat: a number", "undefined"],
  ["an iat of another kind", claims({ iat: String(now) }), "iat: a number", "string"],
  ...["jti", "htm", "htu", "ath"].flatMap((name) => [
    isNoString(name, undefined, "undefined"),
    isNoString(name, "", "empty"),
    isNoString(name, 7, "number"),
  ]),
  ["a nonce of another kind", claims({ nonce: 7 }), "nonce: a string", "number"],
  ["a long jti", claims({ jti: "j".repeat(257) }), "jti: 256 characters at most", "257"],
  ["another key", { key: otherKey }, ours, others],
  [
    "another key's signature",
    { key: otherKey, header: { jwk: clientKey.jwk } },
    "a signature by the key in jwk",
    "another",
  ],
  ["another token", claims({ ath: "other" }), "ath: the SHA-256 of the token", "another"],
  ["another method", claims({ htm: "POST" }), "htm GET", "POST"],
  ["another URL", claims({ htu: `${url}s?planted` }), `htu ${url}`, `${url}s`],
  ["no URL", claims({ htu: "/orders" }), `htu ${url}`, "no absolute URL"],
  ["too old", claims({ iat: now - 61 }), `iat from ${now - 60} to ${now + 15}`, `${now - 61}`],
];

async function detailsOf(proof: string | readonly string[], guard = guardOf()) {
  const verdict = await guard.check(requestOf(guard, token, proof));
  if (verdict.kind !== "rejected") throw new Error(verdict.kind);
  return verdict.details;
}

describe("a refusal says what was expected and what was found:", () => {
  test.each(rows)("%s", async (_what, changes, expected, found) => {
    expect(await detailsOf(await makeProof(token, changes))).toEqual({ expected, found });
  });

  test("no proof, and what is none", async () => {
    expect(await detailsOf([])).toEqual({ expected: "a DPoP field", found: "none" });
    const proof = `${segment({ alg: "ES256" })}.planted`;
    const found = `${proof.length} characters that are none`;
    expect(await detailsOf(proof)).toEqual({ expected: "one signed JWT", found });
  });

  test("a proof that was used", async () => {
    const guard = guardOf();
    const proof = await makeProof(token);
    await guard.check(requestOf(guard, token, proof));
    const details = { expected: "a jti of its own", found: "a used one" };
    expect(await detailsOf(proof, guard)).toEqual(details);
  });

  test("a nonce that is absent, and another than ours", async () => {
    const guard = guardOf({ nonceSecret: "n".repeat(32) });
    const expected = "a nonce of ours";
    expect(await detailsOf(await makeProof(token), guard)).toEqual({ expected, found: "none" });
    const other = await makeProof(token, { claims: { nonce: "other" } });
    const found = "another, or one too old";
    expect(await detailsOf(other, guard)).toEqual({ expected, found });
  });
});
