/** The keys that proofs show (RFC 9449 §4.3), none of which may be used before it was looked at. */
import { afterEach, describe, expect, test, vi } from "vitest";
import { hmacKey, makeKey, segment, signRaw } from "../token/signing.fixture.ts";
import { encodeBase64Url } from "../wire/base64url.ts";
import {
  amongGood,
  boundToken,
  clientKey,
  goodProof,
  guardOf,
  makeProof,
  malformed,
  outcomeOf,
  refusedProof,
  requestOf,
  token,
} from "./proof.fixture.ts";

const otherKey = await makeKey("ES256");
const rsaKey = await makeKey("PS256");
const badSignature = refusedProof(
  "dpop_signature_invalid",
  "The signature of the DPoP proof does not hold",
);

describe("keys in proofs", () => {
  const importKey = vi.spyOn(crypto.subtle, "importKey");
  afterEach(() => importKey.mockClear());
  const bytes = (length: number, first = 0xff) => {
    const filled = new Uint8Array(length).fill(0xff);
    filled[0] = first;
    return encodeBase64Url(filled);
  };
  const { jwk } = clientKey;

  test.each([
    ["no object", "jwk"],
    ["null", null],
    ["an array", [jwk]],
    ["empty", {}],
    ["symmetric", { kty: "oct", k: bytes(32) }],
    ["public with a symmetric member", { ...jwk, k: bytes(32) }],
    ["private EC", { ...jwk, d: bytes(32) }],
    ["a private member that is null", { ...jwk, d: null }],
    ["private RSA", { ...rsaKey.jwk, d: bytes(256) }],
    ["RSA with a prime", { ...rsaKey.jwk, p: bytes(128) }],
    ...["q", "dp", "dq", "qi"].map((name): [string, object] => [
      `RSA with ${name}`,
      { ...rsaKey.jwk, [name]: bytes(128) },
    ]),
    ["RSA with more primes", { ...rsaKey.jwk, oth: [] }],
    ["of another use", { ...jwk, use: "enc" }],
    ["of other operations", { ...jwk, key_ops: ["sign"] }],
    ["for another algorithm", { ...jwk, alg: "ES384" }],
    ["of another curve", { ...jwk, crv: "P-384" }],
    ["on secp256k1", { ...jwk, crv: "secp256k1" }],
    ["X25519", { kty: "OKP", crv: "X25519", x: bytes(32) }],
    ["Ed448", { kty: "OKP", crv: "Ed448", x: bytes(57) }],
    ["EC as OKP", { kty: "OKP", crv: "P-256", x: jwk.x }],
    ["without y", { ...jwk, y: undefined }],
    ["with a number as x", { ...jwk, x: 7 }],
    ["kty in another case", { ...jwk, kty: "ec" }],
  ])("%s: refused before any use", async (_name, other) => {
    const proof = await makeProof(token, { header: { jwk: other } });
    const rsaProof = await makeProof(token, { header: { jwk: other, alg: "PS256" } });
    for (const each of [proof, rsaProof]) await expectUnused(each);
  });

  test.each([
    ["of 16,384 bits", { n: bytes(2048), e: "AQAB" }],
    ["of 4104 bits", { n: bytes(513), e: "AQAB" }],
    ["of 4096 bits behind a zero", { n: bytes(513, 0), e: "AQAB" }],
    ["of 2048 bits behind a zero", { n: bytes(257, 0), e: "AQAB" }],
    ["of 2047 bits", { n: bytes(256, 0x7f), e: "AQAB" }],
    ["of 1024 bits", { n: bytes(128), e: "AQAB" }],
    ["without a modulus", { e: "AQAB" }],
    ["with a modulus in base64", { n: `${bytes(256)}==`, e: "AQAB" }],
    ["with e = 3", { n: bytes(256), e: "Aw" }],
    ["with e = 1", { n: bytes(256), e: "AQ" }],
    ["with e = 65537 behind a zero", { n: bytes(256), e: "AAEAAQ" }],
    ["with a huge e", { n: bytes(256), e: bytes(256) }],
    ["without e", { n: bytes(256) }],
    ["with e as a number", { n: bytes(256), e: 65537 }],
  ])("RSA %s: refused before any use", async (_name, members) => {
    const header = { alg: "PS256", jwk: { kty: "RSA", ...members } };
    const { claims } = await goodProof(token);
    await expectUnused(`${segment({ typ: "dpop+jwt", ...header })}.${segment(claims)}.AAAA`);
  });

  async function expectUnused(proof: string) {
    const guard = guardOf();
    // So that the issuer's key has been imported.
    await guard.check(requestOf(guard, token));
    importKey.mockClear();
    expect(await outcomeOf(guard, requestOf(guard, token, proof))).toEqual(malformed);
    expect(importKey).not.toHaveBeenCalled();
  }

  test("the least and the largest RSA keys that are looked at", async () => {
    const { claims } = await goodProof(token);
    for (const n of [bytes(256, 0x80), bytes(257, 1), bytes(512)]) {
      const header = { typ: "dpop+jwt", alg: "PS256", jwk: { kty: "RSA", n, e: "AQAB" } };
      const guard = guardOf();
      const request = requestOf(guard, token, `${segment(header)}.${segment(claims)}.AAAA`);
      expect(await outcomeOf(guard, request)).toMatchObject({ reason: "dpop_key_mismatch" });
    }
  });

  test("[A] RSA of 4096 bits", async () => {
    const large = await makeKey("PS256", undefined, 4096);
    const bound = await boundToken(large);
    const guard = guardOf();
    const request = requestOf(guard, bound, await makeProof(bound, { key: large }));
    expect(await outcomeOf(guard, request)).toEqual({ status: 200 });
  });

  test("an HMAC proof under a secret of the caller's, as jwk", async () => {
    const secret = new Uint8Array(32).fill(7);
    const { header, claims } = await goodProof(token);
    const forged = { ...header, alg: "HS256", jwk: { kty: "oct", k: encodeBase64Url(secret) } };
    expect(await amongGood(await signRaw(await hmacKey("HS256", secret), forged, claims))).toEqual(
      malformed,
    );
  });

  test("proof by another key", async () => {
    expect(await amongGood(await makeProof(token, { key: otherKey }))).toEqual(
      refusedProof(
        "dpop_key_mismatch",
        "The DPoP proof is of another key than the access token is bound to",
      ),
    );
  });

  test("signed by another key than the one it shows", async () => {
    expect(
      await amongGood(await makeProof(token, { key: otherKey, header: { jwk: clientKey.jwk } })),
    ).toEqual(badSignature);
  });
});
