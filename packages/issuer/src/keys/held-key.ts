import type { SigningKeyRecord } from "@countersign/core/state";
import {
  type CryptoKey,
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
} from "jose";
import type { PublicKey, SigningKey } from "./key-ring.ts";

/** What a key ring can make keys for. */
export type RingAlgorithm = "ES256" | "RS256" | "EdDSA";

/** A signing key out of the store, opened. */
export interface HeldKey extends SigningKey {
  readonly publicKey: PublicKey;
  /** Seconds since the epoch. */
  readonly signsFrom: number;
  readonly record: SigningKeyRecord;
}

/** A new key pair: only here is it extractable, to be sealed. */
export async function generateKey(algorithm: RingAlgorithm) {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), alg: algorithm };
  return { kid: await calculateJwkThumbprint(jwk), jwk }; // RFC 7638
}

/** What is in a record, once it is opened: a private JWK. */
export async function toHeldKey(record: SigningKeyRecord, opened: unknown): Promise<HeldKey> {
  const { kid, signsFrom } = record;
  const jwk = opened as { kty: string; alg: string } & Record<string, string | undefined>;
  const { alg, kty, crv, x, y, n, e } = jwk;
  const members = Object.entries({ kty, crv, x, y, n, e }).filter(([, value]) => value);
  const publicKey = { ...Object.fromEntries(members), kid, alg, use: "sig" } as PublicKey;
  const privateKey = (await importJWK(jwk, alg, { extractable: false })) as CryptoKey;
  return {
    kid,
    algorithm: alg,
    privateKey,
    publicKey: Object.freeze(publicKey),
    signsFrom,
    record,
  };
}
