import type { JWK } from "jose";
import { signatureCheck } from "#signature";
import { decodeBase64Url } from "../wire/base64url.ts";
import { isJsonObject } from "../wire/strict-json.ts";
import { allowedAlgorithms, type SigningAlgorithm } from "./algorithms.ts";
import type { SignatureCheck } from "./signature.ts";

/** A key that signatures are verified with. */
export interface VerificationKey {
  readonly kid: string | undefined;
  /** The algorithms that it verifies; any other is not for it. */
  readonly algorithms: ReadonlySet<string>;
  /** The same for two keys of a set, fetched twice, that are one. */
  readonly identity: string;
  /** Imports the key when it is first needed, and once. */
  readonly check: SignatureCheck;
}

/** A JSON Web Key Set (RFC 7517 §5). */
export interface JsonWebKeySet {
  readonly keys: readonly JWK[];
}

/**
 * Makes a verification key of a JWK, or `undefined` of one that is not for verifying signatures:
 * another use, an unknown type or curve, too weak, or not a public key at all. Private members are
 * left behind.
 */
export function toVerificationKey(
  jwk: JWK,
  configured: readonly SigningAlgorithm[] | undefined,
): VerificationKey | undefined {
  if (jwk.use !== undefined && jwk.use !== "sig") return undefined;
  if (jwk.key_ops !== undefined && !includesVerify(jwk.key_ops)) return undefined;
  if (jwk.kid !== undefined && typeof jwk.kid !== "string") return undefined;
  const algorithms = allowedAlgorithms(jwk, configured);
  const members = publicMembers(jwk);
  if (algorithms.size === 0 || members === undefined) return undefined;

  return {
    kid: jwk.kid,
    algorithms,
    identity: JSON.stringify([jwk.kid, [...algorithms], members]),
    check: signatureCheck(members),
  };
}

/**
 * The verification keys of a set. Whatever is none, be it no key at all, is passed over: one bad
 * entry must not take the good ones with it (RFC 7517 §5).
 */
export function toVerificationKeys(
  set: JsonWebKeySet,
  configured: readonly SigningAlgorithm[] | undefined,
): readonly VerificationKey[] {
  const keys: unknown = set?.keys;
  if (!Array.isArray(keys)) return [];
  return keys.flatMap((jwk) => (isJsonObject(jwk) && toVerificationKey(jwk, configured)) || []);
}

function includesVerify(operations: unknown): boolean {
  return Array.isArray(operations) && operations.includes("verify");
}

/** The public members that a key of its type must have (RFC 7518 §6, RFC 8037 §2). */
function publicMembers({ kty, n, e, crv, x, y }: JWK): JWK | undefined {
  if (kty === "RSA") {
    const modulus = typeof n === "string" ? decodeBase64Url(n) : undefined;
    // At least 2048 bits (RFC 7518 §3.3), and no more than cheap checks allow.
    if (!modulus || modulus.length < 256 || modulus.length > 1024) return undefined;
    return isPublicExponent(e) ? { kty, n: n as string, e } : undefined;
  }
  if (typeof crv !== "string" || typeof x !== "string") return undefined;
  if (kty === "OKP") return { kty, crv, x };
  return kty === "EC" && typeof y === "string" ? { kty, crv, x, y } : undefined;
}

/** Odd and more than 1, as any is (RFC 8017 §3.1): under 1, a signature is its own message. */
function isPublicExponent(e: unknown): e is string {
  if (typeof e !== "string" || e.length > 8) return false;
  const exponent = decodeBase64Url(e)?.reduce((number, byte) => number * 256 + byte, 0) ?? 0;
  return exponent % 2 === 1 && exponent > 1;
}
