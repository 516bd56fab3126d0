import type { SigningAlgorithm } from "../keys/algorithms.ts";
import { toVerificationKey, type VerificationKey } from "../keys/verification-key.ts";
import { type ParsedToken, parseJws, readHeader } from "../token/parse-token.ts";
import { decodeBase64Url } from "../wire/base64url.ts";
import type { PublicJwk } from "../wire/jwk-thumbprint.ts";
import { isJsonObject, type JsonObject } from "../wire/strict-json.ts";

/** The longest proof that is looked at, in characters: one by an RSA key of 4096 bits has 2500. */
const longestProof = 8_192;
const longestId = 256;

/** A DPoP proof in parts, well-formed and not verified. */
export interface Proof {
  readonly jws: ParsedToken;
  /** The public key in its header, fit to verify its algorithm. */
  readonly key: VerificationKey;
  readonly jwk: PublicJwk;
  readonly claims: ProofClaims;
}

/** What a proof says (RFC 9449 §4.2). */
export interface ProofClaims {
  readonly jti: string;
  readonly htm: string;
  readonly htu: string;
  /** Seconds since the epoch. */
  readonly iat: number;
  /** The SHA-256 of the access token, where there is one. */
  readonly ath: string | undefined;
  readonly nonce: string | undefined;
}

/** What a proof should have been, and is not. */
export interface Flaw {
  readonly expected: string;
  readonly found: string;
}

/**
 * Takes a proof apart, as strictly as a token and before any cryptography (RFC 9449 §4.3, steps 1 to 6
 * and what can be told of 7).
 *
 * @param isForToken whether it goes with an access token, and must name it
 */
export function parseProof(
  text: string,
  algorithms: readonly SigningAlgorithm[],
  isForToken: boolean,
): Proof | Flaw {
  const jws = parseJws(text, longestProof, (members) => {
    const header = readHeader(members);
    return header && { ...header, jwk: members.jwk };
  });
  if (jws === undefined) return flaw("one signed JWT", `${text.length} characters that are none`);

  const { typ, alg, jwk } = jws.header;
  if (typ !== "dpop+jwt") return flaw("typ dpop+jwt", String(typ));
  if (!algorithms.some((each) => each === alg)) return flaw(`alg ${algorithms.join(" or ")}`, alg);
  const key = toProofKey(jwk, algorithms);
  if (!key?.algorithms.has(alg)) return flaw(`jwk: a public key for ${alg}`, describeKey(jwk));
  const claims = readClaims(jws.claims, isForToken);
  return "expected" in claims ? claims : { jws, key, jwk: jwk as PublicJwk, claims };
}

/** Members of a private or a symmetric key (RFC 7518 §6.2.2, §6.3.2, §6.4.1). */
const secretMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

function toProofKey(
  jwk: unknown,
  algorithms: readonly SigningAlgorithm[],
): VerificationKey | undefined {
  if (!isJsonObject(jwk) || secretMembers.some((member) => Object.hasOwn(jwk, member))) {
    return undefined;
  }
  if (jwk.kty === "RSA" && !isCheapRsa(jwk)) return undefined;
  return toVerificationKey(jwk, algorithms);
}

/**
 * From 2048 to 4096 bits, and e = 65537. Anybody makes these keys up: a larger modulus or exponent
 * would have us work for whoever sends one.
 */
function isCheapRsa({ n, e }: JsonObject): boolean {
  const modulus = typeof n === "string" ? decodeBase64Url(n) : undefined;
  if (modulus === undefined || e !== "AQAB") return false;
  const [first = 0] = modulus;
  if (modulus.length === 256) return first >= 0x80;
  return modulus.length > 256 && modulus.length <= 512 && first > 0;
}

function describeKey(jwk: unknown): string {
  if (!isJsonObject(jwk)) return jwk === undefined ? "none" : "no JWK";
  return `another, with ${Object.keys(jwk).join(", ")}`;
}

function readClaims(
  { jti, htm, htu, iat, ath, nonce }: JsonObject,
  isForToken: boolean,
): ProofClaims | Flaw {
  if (!Number.isFinite(iat)) return flaw("iat: a number", typeof iat);
  for (const [name, value] of Object.entries({ jti, htm, htu, ...(isForToken && { ath }) })) {
    if (typeof value !== "string" || value === "") {
      return flaw(`${name}: a string that is not empty`, value === "" ? "empty" : typeof value);
    }
  }
  if (nonce !== undefined && typeof nonce !== "string")
    return flaw("nonce: a string", typeof nonce);
  const claims = { jti, htm, htu, iat, ath, nonce } as ProofClaims;
  if (claims.jti.length > longestId) {
    return flaw(`jti: ${longestId} characters at most`, `${claims.jti.length}`);
  }
  return claims;
}

function flaw(expected: string, found: string): Flaw {
  return { expected, found };
}
