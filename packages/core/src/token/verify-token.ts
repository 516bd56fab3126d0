import { keysUnavailable } from "../guard/outages.ts";
import {
  algorithmNotAllowed,
  issuerMismatch,
  keyNotFound,
  signatureInvalid,
  tokenMalformed,
} from "../guard/refusals.ts";
import { type Rejection, type Unavailable, wrong } from "../guard/verdict.ts";
import type { VerificationKey } from "../keys/verification-key.ts";
import { after, type MaybePromise } from "../wire/maybe-promise.ts";
import type { JsonObject } from "../wire/strict-json.ts";
import { checkClaims } from "./check-claims.ts";
import { parseToken, type TokenHeader } from "./parse-token.ts";
import type { TrustedIssuer } from "./trusted-issuer.ts";
import { verifySignature } from "./verify-signature.ts";

/**
 * A token that holds. Frozen, all the way down.
 *
 * @example
 * const { header, claims }: VerifiedToken = await verifier.verify(token);
 */
export interface VerifiedToken {
  readonly header: TokenHeader;
  readonly claims: JsonObject;
}

/** The same, with who vouches for it. */
export interface VouchedToken {
  readonly token: VerifiedToken;
  readonly issuer: TrustedIssuer;
  readonly key: VerificationKey;
}

/** What {@link verifyToken} checks before the claims, in its order. */
export const tokenChecks = [
  tokenMalformed,
  issuerMismatch,
  algorithmNotAllowed,
  keysUnavailable,
  keyNotFound,
  signatureInvalid,
] as const;

/**
 * The steps of verification, cheapest first, and nothing said about claims before the signature
 * holds: form, issuer, algorithm, key, signature, claims.
 *
 * @param now milliseconds since the epoch
 */
export function verifyToken(
  text: string,
  issuers: ReadonlyMap<unknown, TrustedIssuer>,
  now: number,
): MaybePromise<VouchedToken | Rejection | Unavailable> {
  const token = parseToken(text);
  if (token === undefined) {
    return wrong(tokenMalformed, "a JWT", `${text.length} characters that are none`);
  }
  // By the exact issuer, before any key: one issuer's key never vouches for another's token.
  const { iss } = token.claims;
  const issuer = issuers.get(iss);
  if (issuer === undefined) {
    const found = typeof iss === "string" ? iss : typeof iss;
    return wrong(issuerMismatch, [...issuers.keys()].join(" or "), found);
  }
  const { header, claims } = token;
  const { alg, kid } = header;
  if (!issuer.algorithms.includes(alg)) {
    return wrong(algorithmNotAllowed, issuer.algorithms.join(" or "), alg);
  }
  return after(issuer.keys.find(header, now), (key) => {
    if (key === undefined) return wrong(keyNotFound, `a key for ${alg}`, kid);
    if ("kind" in key) return key;
    return after(verifySignature(token, key), (holds) => {
      if (!holds) {
        return wrong(signatureInvalid, `${alg} by the key ${kid}`, "another signature");
      }
      const vouched = { token: Object.freeze({ header, claims }), issuer, key };
      return checkClaims(header, claims, issuer, now) ?? vouched;
    });
  });
}
