import type { JWK } from "jose";
import { describe, expect, test } from "vitest";
import { inForm, makeKey, sign } from "../token/signing.fixture.ts";
import type { SigningAlgorithm } from "./algorithms.ts";
import { toVerificationKey, toVerificationKeys } from "./verification-key.ts";

const { jwk: rsa } = await makeKey("RS256");
const { jwk: p256 } = await makeKey("ES256");
const { jwk: p384 } = await makeKey("ES384");
const { jwk: p521 } = await makeKey("ES512");
const { jwk: ed } = await makeKey("EdDSA");

describe("the algorithms that a key may verify", () => {
  const rows: [
    what: string,
    jwk: JWK,
    configured: SigningAlgorithm[] | undefined,
    algs: string[],
  ][] = [
    ["RSA", rsa, undefined, ["RS256"]],
    ["P-256", p256, undefined, ["ES256"]],
    ["P-384", p384, undefined, ["ES384"]],
    ["P-521", p521, undefined, ["ES512"]],
    ["Ed25519", ed, undefined, ["EdDSA", "Ed25519"]],
    ["RSA, configured", rsa, ["PS256", "RS512", "ES256"], ["PS256", "RS512"]],
    ["RSA that names its own", { ...rsa, alg: "PS384" }, undefined, ["PS384"]],
    ["RSA that names its own, configured", { ...rsa, alg: "PS384" }, ["PS384", "RS256"], ["PS384"]],
    ["Ed25519 that names its own", { ...ed, alg: "Ed25519" }, undefined, ["Ed25519"]],
  ];
  for (const [what, jwk, configured, algs] of rows) {
    test(what, () => {
      const key = toVerificationKey(jwk, configured);
      expect([...(key?.algorithms ?? [])].toSorted()).toEqual(algs.toSorted());
    });
  }

  const none: [what: string, jwk: JWK, configured?: SigningAlgorithm[]][] = [
    ["RSA where only EC is configured", rsa, ["ES256"]],
    ["RSA that names one not configured", { ...rsa, alg: "PS256" }, ["RS256"]],
    ["P-256 that names another curve's", { ...p256, alg: "ES384" }],
    ["P-256 that names HMAC", { ...p256, alg: "HS256" }],
    ["RSA that names none", { ...rsa, alg: "none" }],
    ["secp256k1", { ...p256, crv: "secp256k1" }],
    ["an EC curve under OKP", { ...p256, kty: "OKP" }],
    ["an OKP curve under EC", { ...ed, kty: "EC", y: ed.x as string }],
    ["X25519", { ...ed, crv: "X25519" }],
    ["a symmetric key", { kty: "oct", k: "A".repeat(43) }],
    ["no type", { n: rsa.n as string, e: "AQAB" }],
    ["EC without y", { kty: "EC", crv: "P-256", x: p256.x as string }],
    ["OKP without x", { kty: "OKP", crv: "Ed25519" }],
  ];
  for (const [what, jwk, configured] of none) {
    test(`none: ${what}`, () => expect(toVerificationKey(jwk, configured)).toBeUndefined());
  }
});

test("use and key_ops that allow it", () => {
  for (const more of [{ use: "sig" }, { key_ops: ["verify"] }, { key_ops: ["sign", "verify"] }]) {
    expect(toVerificationKey({ ...p256, ...more }, undefined)).toBeDefined();
  }
});

test("private members are left behind: what comes of a private key only verifies", async () => {
  for (const signer of await Promise.all([makeKey("ES256"), makeKey("RS256"), makeKey("EdDSA")])) {
    const { alg, privateKey } = signer;
    const jwk = { ...(await crypto.subtle.exportKey("jwk", privateKey)), key_ops: ["verify"] };
    expect(jwk.d).toBeDefined();
    const key = toVerificationKey(jwk as JWK, undefined);
    expect(key?.identity).not.toContain(jwk.d);
    expect(await key?.check(inForm(await sign(signer), alg), alg)).toBe(true);
  }
});

test("two keys are one if nothing that is used of them differs", () => {
  const identity = (jwk: JWK, configured?: SigningAlgorithm[]) =>
    toVerificationKey(jwk, configured)?.identity;
  expect(identity({ ...rsa, use: "sig", x5t: "x" })).toBe(identity({ ...rsa }));
  const others = [
    identity({ ...rsa, kid: "2" }),
    identity({ ...rsa, e: "Aw" }),
    identity(rsa, ["PS256"]),
    identity(p256),
    identity({ ...p256, x: p256.y as string }),
    identity({ ...p256, kid: "2" }),
  ];
  expect(new Set([identity(rsa), ...others]).size).toBe(7);
});

test("a set keeps its good keys, in their order", () => {
  const keys = [{ ...rsa, kid: "a" }, null, { kty: "oct" }, 5, { ...p256, kid: "b" }];
  const usable = toVerificationKeys({ keys: keys as JWK[] }, undefined);
  expect(usable.map(({ kid }) => kid)).toEqual(["a", "b"]);
});
