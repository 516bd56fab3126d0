import { type Rejection, rejected, type Unavailable, wrong } from "../guard/verdict.ts";
import type { Clock } from "../wire/clock.ts";
import { after, type MaybePromise } from "../wire/maybe-promise.ts";
import type { JsonObject } from "../wire/strict-json.ts";
import { checkClaims, claimChecks } from "./check-claims.ts";
import type { IssuerOptions } from "./issuer-options.ts";
import { type ParsedToken, parseToken, type TokenHeader } from "./parse-token.ts";
import { TokenError } from "./token-error.ts";
import { type TrustedIssuer, toTrustedIssuers } from "./trusted-issuer.ts";
import { verifySignature } from "./verify-signature.ts";

/** What a verifier trusts: one issuer, or several, each with keys, algorithms and audience of its own. */
export type JwtVerifierOptions = IssuerOptions | { readonly issuers: readonly IssuerOptions[] };

/** A token that holds. */
export interface VerifiedToken {
  readonly header: TokenHeader;
  readonly claims: JsonObject;
}

/** Verifies JWTs, without HTTP. */
export interface JwtVerifier {
  /**
   * The token's header and claims, once everything about it has been checked.
   *
   * @throws TokenError with the `reason`
   */
  verify(token: string): Promise<VerifiedToken>;
  /**
   * Fetches the keys now rather than at the first token.
   *
   * @throws Error when an issuer's keys cannot be had; the verifier will try again by itself
   */
  warm(): Promise<void>;
}

/**
 * Makes a verifier of JWTs.
 *
 * @throws ConfigurationError when the options cannot be right or safe
 * @example
 * const verifier = createJwtVerifier({
 *   issuer: "https://id.example.com",
 *   audience: "https://api.example.com",
 * });
 * const { claims } = await verifier.verify(token);
 */
export function createJwtVerifier(
  options: JwtVerifierOptions & { readonly clock?: Clock },
): JwtVerifier {
  const { clock = Date } = options;
  const issuers = toTrustedIssuers(options);
  return {
    async verify(token) {
      const result = await verifyToken(token, issuers, clock.now());
      if ("kind" in result) throw new TokenError(result);
      return { header: result.header, claims: result.claims };
    },
    async warm() {
      await Promise.all(issuers.map(({ keys }) => keys.warm(clock.now())));
    },
  };
}

/** What {@link verifyToken} checks, in its order. */
export const tokenChecks = [
  "token_malformed",
  "issuer_mismatch",
  "algorithm_not_allowed",
  "keys_unavailable",
  "key_not_found",
  "signature_invalid",
  ...claimChecks,
] as const;

/**
 * The steps of verification, cheapest first, and nothing said about claims before the signature
 * holds: form, issuer, algorithm, key, signature, claims.
 *
 * @param now milliseconds since the epoch
 */
export function verifyToken(
  text: string,
  issuers: readonly TrustedIssuer[],
  now: number,
): MaybePromise<ParsedToken | Rejection | Unavailable> {
  const token = parseToken(text);
  if (token === undefined) {
    const expected = "three segments of canonical base64url, the first two of them JSON objects";
    return wrong("token_malformed", expected, `${text.length} characters that are no such token`);
  }
  // By the exact issuer, before any key: one issuer's key never vouches for another's token.
  const { iss } = token.claims;
  const issuer = issuers.find((trusted) => trusted.issuer === iss);
  if (issuer === undefined) {
    const details = {
      expected: issuers.map((trusted) => trusted.issuer).join(" or "),
      found: typeof iss === "string" ? iss : typeof iss,
    };
    return rejected("issuer_mismatch", { details });
  }
  const { alg, kid } = token.header;
  if (!issuer.algorithms.includes(alg)) {
    const details = { expected: issuer.algorithms.join(" or "), found: alg };
    return rejected("algorithm_not_allowed", { details });
  }
  return after(issuer.keys.find({ alg, kid }, now), (key) => {
    if (key === undefined) {
      return rejected("key_not_found", {
        details: { expected: `a key for ${alg}`, found: String(kid) },
      });
    }
    if ("kind" in key) return key;
    return after(verifySignature(token, key), (holds) => {
      if (!holds) {
        return wrong("signature_invalid", `${alg} by the key ${kid}`, "another signature");
      }
      return checkClaims(token, issuer, now) ?? token;
    });
  });
}
