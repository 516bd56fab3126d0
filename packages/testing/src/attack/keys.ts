import { createSecretKey, generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import type { JWK } from "jose";
import type { KeyName, SigningKey } from "./context.ts";

/** A key pair, and its public half as an issuer would publish it. */
export interface AttackKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly jwk: JWK;
  /** What it signs by, whatever its public half says. */
  readonly alg: string;
}

/** Keys of all kinds: good ones, and those that no token must be verified with. */
export const keys = {
  es: ec("P-256", { kid: "es", alg: "ES256" }),
  rsa: rsa(2048, "RS256", { kid: "rsa" }),
  ps: rsa(2048, "PS256", { kid: "ps", alg: "PS256" }),
  ed: makeKey(generateKeyPairSync("ed25519"), "EdDSA", { kid: "ed", alg: "EdDSA" }),
  /** Of 1024 bits. */
  short: rsa(1024, "RS256", { kid: "short", alg: "RS256" }),
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
const publishedSecret = {
  bytes: randomBytes(64),
  get jwk(): JWK {
    return { kty: "oct", kid: "oct", k: this.bytes.toString("base64url") };
  },
};

/** The keys that an issuer without mistakes publishes. */
export const goodKeys: readonly JWK[] = [keys.es, keys.rsa, keys.ps, keys.ed].map(({ jwk }) => jwk);

/** What the issuer under attack publishes. */
export const publishedKeys: readonly JWK[] = [
  publishedSecret.jwk,
  { ...publishedSecret.jwk, kid: "oct-hs256", alg: "HS256" },
  ...goodKeys,
  ...[keys.short, keys.encrypting, keys.wrapping, keys.misfit].map(({ jwk }) => jwk),
];

/** A key, as tokens are signed with it. */
export function toSigningKey(name: Exclude<KeyName, "usual">): SigningKey {
  if (name === "oct") {
    return { kid: "oct", alg: "HS256", privateKey: createSecretKey(publishedSecret.bytes) };
  }
  const { privateKey, publicKey, jwk, alg } = keys[name];
  return { kid: jwk.kid, alg, privateKey, publicKey };
}

function ec(namedCurve: string, members: JWK): AttackKey {
  return makeKey(generateKeyPairSync("ec", { namedCurve }), "ES256", members);
}

function rsa(modulusLength: number, alg: string, members: JWK): AttackKey {
  return makeKey(generateKeyPairSync("rsa", { modulusLength }), alg, members);
}

function makeKey(
  pair: { publicKey: KeyObject; privateKey: KeyObject },
  alg: string,
  members: JWK,
): AttackKey {
  return { ...pair, alg, jwk: { ...pair.publicKey.export({ format: "jwk" }), ...members } };
}
