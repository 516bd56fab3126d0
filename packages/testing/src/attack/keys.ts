import { generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import type { JWK } from "jose";

/** A key pair, and its public half as an issuer would publish it. */
export interface AttackKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly jwk: JWK;
}

/** Keys of all kinds: good ones, and those that no token must be verified with. */
export const keys = {
  es: ec("P-256", { kid: "es", alg: "ES256" }),
  rsa: rsa(2048, { kid: "rsa" }),
  ps: rsa(2048, { kid: "ps", alg: "PS256" }),
  ed: makeKey(generateKeyPairSync("ed25519"), { kid: "ed", alg: "EdDSA" }),
  /** Of 1024 bits. */
  short: rsa(1024, { kid: "short", alg: "RS256" }),
  encrypting: ec("P-256", { kid: "encrypting", use: "enc" }),
  wrapping: ec("P-256", { kid: "wrapping", key_ops: ["deriveKey"] }),
  /** Of another curve than its algorithm. */
  misfit: ec("P-384", { kid: "misfit", alg: "ES256" }),
  /** Of another issuer. */
  tenantB: ec("P-256", { kid: "tenant-b", alg: "ES256" }),
  /** Of nobody whom a server knows. */
  attacker: ec("P-256", {}),
  client: ec("P-256", {}),
} as const;

/** Published among the public keys by mistake. */
export const publishedSecret = {
  bytes: randomBytes(64),
  get jwk(): JWK {
    return { kty: "oct", kid: "oct", k: this.bytes.toString("base64url") };
  },
};

/** What the issuer under attack publishes. */
export const publishedKeys: readonly JWK[] = [
  publishedSecret.jwk,
  { ...publishedSecret.jwk, kid: "oct-hs256", alg: "HS256" },
  ...[keys.es, keys.rsa, keys.ps, keys.ed, keys.short, keys.encrypting, keys.wrapping].map(
    ({ jwk }) => jwk,
  ),
  keys.misfit.jwk,
];

function ec(namedCurve: string, members: JWK): AttackKey {
  return makeKey(generateKeyPairSync("ec", { namedCurve }), members);
}

function rsa(modulusLength: number, members: JWK): AttackKey {
  return makeKey(generateKeyPairSync("rsa", { modulusLength }), members);
}

function makeKey(pair: { publicKey: KeyObject; privateKey: KeyObject }, members: JWK): AttackKey {
  return { ...pair, jwk: { ...pair.publicKey.export({ format: "jwk" }), ...members } };
}
