import type { JWK } from "jose";

/** The signature algorithms that are verified (RFC 7518 §3.1, RFC 8037 §3.1, RFC 9864). */
export const asymmetricAlgorithms = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
] as const;

/** HMAC, for a secret that both sides hold, with the bytes that the secret needs (RFC 7518 §3.2). */
export const hmacAlgorithms = { HS256: 32, HS384: 48, HS512: 64 } as const;

/** An algorithm that tokens may be signed with. `none` is none of them. */
export type SigningAlgorithm = (typeof asymmetricAlgorithms)[number] | keyof typeof hmacAlgorithms;

const byCurve: ReadonlyMap<string, readonly SigningAlgorithm[]> = new Map([
  ["EC P-256", ["ES256"]],
  ["EC P-384", ["ES384"]],
  ["EC P-521", ["ES512"]],
  ["OKP Ed25519", ["EdDSA", "Ed25519"]],
]);

/** What a public key can verify at all, whatever is configured. */
function algorithmsOf(jwk: JWK): readonly SigningAlgorithm[] {
  if (jwk.kty === "RSA") return asymmetricAlgorithms.filter((alg) => /^[RP]S/.test(alg));
  return byCurve.get(`${jwk.kty} ${jwk.crv}`) ?? [];
}

/**
 * The algorithms that a key may verify. One that names its algorithm allows that alone; one that does
 * not allows what was configured, or else what its type fixes: RS256 for RSA, the curve's own for the
 * others. Never HMAC: a public key is no secret (RFC 8725 §2.1).
 */
export function allowedAlgorithms(
  jwk: JWK,
  configured: readonly SigningAlgorithm[] | undefined,
): ReadonlySet<string> {
  const possible = algorithmsOf(jwk);
  const usual = configured ?? (jwk.kty === "RSA" ? ["RS256"] : possible);
  const named: readonly string[] = jwk.alg === undefined ? usual : [jwk.alg];
  const isAllowed = (alg: SigningAlgorithm) =>
    named.includes(alg) && (configured?.includes(alg) ?? true);
  return new Set(possible.filter(isAllowed));
}
