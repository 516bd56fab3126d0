import type { Clock } from "../wire/clock.ts";
import { isLater } from "../wire/maybe-promise.ts";
import type { IssuerOptions } from "./issuer-options.ts";
import { TokenError } from "./token-error.ts";
import { createTokenVerifier, type TokenCacheOptions } from "./token-verifier.ts";
import type { VerifiedToken } from "./verify-token.ts";

/** What a verifier trusts: one issuer, or several, each with keys, algorithms and audience of its own. */
export type JwtVerifierOptions = (IssuerOptions | { readonly issuers: readonly IssuerOptions[] }) &
  TokenCacheOptions;

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
  const { issuers, verify } = createTokenVerifier(options, (token) => token);
  return {
    async verify(token) {
      const checked = verify(token, clock.now());
      // Awaited only if need be: what is there already should not wait its turn.
      const result = isLater(checked) ? await checked : checked;
      if ("kind" in result) throw new TokenError(result);
      return result;
    },
    async warm() {
      await Promise.all(issuers.map(({ keys }) => keys.warm(clock.now())));
    },
  };
}
