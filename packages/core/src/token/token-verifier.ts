import type { Rejection, Unavailable } from "../guard/verdict.ts";
import { createRecent } from "../state/recent.ts";
import { toSeconds } from "../wire/clock.ts";
import { requireThat } from "../wire/configuration-error.ts";
import { after, type MaybePromise } from "../wire/maybe-promise.ts";
import { fingerprint } from "../wire/sha256.ts";
import { checkTimes, type Times } from "./check-claims.ts";
import type { JwtVerifierOptions } from "./create-jwt-verifier.ts";
import { longestToken, type TokenHeader } from "./parse-token.ts";
import { type TrustedIssuer, toTrustedIssuers } from "./trusted-issuer.ts";
import { type VerifiedToken, type VouchedToken, verifyToken } from "./verify-token.ts";

/**
 * Whether tokens are remembered that have been verified.
 *
 * @example
 * jwt({ issuer, audience, cache: { limit: 50_000 } });
 */
export interface TokenCacheOptions {
  /**
   * How many verified tokens are remembered, so that their signatures need not be checked again; which
   * have not come for long make room for others. Default 10 000, most often of less than 1 kB each;
   * `false`: none. Of a token its SHA-256 and its claims are kept, not its text. Its times, its
   * revocation and what it is bound to are checked anew for each request, and it is forgotten when its
   * key leaves the issuer's set.
   */
  readonly cache?: { readonly limit: number } | false;
}

/** What `jwt` and `createJwtVerifier` have in common. */
export interface TokenVerifier<T> {
  readonly issuers: readonly TrustedIssuer[];
  /** @param now milliseconds since the epoch */
  verify(text: string, now: number): MaybePromise<T | Rejection | Unavailable>;
}

/** What is asked of a remembered token each time it comes, in one place: its claims are large. */
interface KnownToken<T> extends Times, Pick<VouchedToken, "issuer" | "key"> {
  readonly header: TokenHeader;
  readonly reading: T;
}

/**
 * @param read makes of a verified token what is wanted of it, once for as long as it is remembered
 * @throws ConfigurationError when the options cannot be right or safe
 */
export function createTokenVerifier<T extends object>(
  options: JwtVerifierOptions,
  read: (token: VerifiedToken) => T,
): TokenVerifier<T> {
  const { cache = { limit: 10_000 } } = options;
  requireThat(
    cache === false || (Number.isInteger(cache.limit) && cache.limit > 1),
    "cache.limit is a number of tokens, 2 at least. To remember none: cache: false.",
  );
  const issuers = toTrustedIssuers(options);
  const recent = createRecent<KnownToken<T>>(cache === false ? 0 : cache.limit);

  /** What is known of a token, if its key is the one that would verify it now. */
  const recall = (digest: string, now: number): T | Rejection | undefined => {
    const known = recent.find(digest);
    if (known === undefined) return undefined;
    const { header, issuer, key, reading } = known;
    // To ask for the key is also what has fetched keys refreshed.
    if (issuer.keys.find(header, now) === key) {
      return checkTimes(known, toSeconds(now), issuer.clockTolerance) ?? reading;
    }
    recent.clear();
    return undefined;
  };

  const verifyAnew = (text: string, now: number, digest?: string) =>
    after(verifyToken(text, issuers, now), (result) => {
      if ("kind" in result) return result;
      const reading = read(result.token);
      if (digest !== undefined) recent.keep(digest, toKnown(result, reading));
      return reading;
    });

  return {
    issuers: [...issuers.values()],
    verify(text, now) {
      // What is too long is not even hashed.
      if (cache === false || text.length > longestToken) return verifyAnew(text, now);
      return after(
        fingerprint(text),
        (digest) => recall(digest, now) ?? verifyAnew(text, now, digest),
      );
    },
  };
}

function toKnown<T>({ token, issuer, key }: VouchedToken, reading: T): KnownToken<T> {
  const { header, claims } = token;
  return { header, issuer, key, exp: claims.exp, nbf: claims.nbf, iat: claims.iat, reading };
}
