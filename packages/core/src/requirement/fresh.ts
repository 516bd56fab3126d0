import type { Refusal } from "../guard/refusal.ts";
import { authenticationTooOld, authenticationTooWeak, loginImpossible } from "../guard/refusals.ts";
import type { Requirement, Shortfall } from "../guard/requirement.ts";
import { toSeconds } from "../wire/clock.ts";
import { ConfigurationError } from "../wire/configuration-error.ts";

/** What counts as a login that is recent and strong enough. */
export interface FreshOptions {
  /** The age of the login at most, in seconds. */
  readonly maxAge?: number;
  /** The acceptable authentication context classes (`acr`). */
  readonly acr?: readonly string[];
}

/**
 * A login that is recent, or strong, enough (RFC 9470): the caller is sent to log in again, by a 401
 * `insufficient_user_authentication`. Refreshing a token does not make its login fresher. Credentials
 * behind which no user logs in (API keys, client credentials) get 403: no login would help.
 *
 * @example
 * protect(guard, allOf(role("admin"), fresh({ maxAge: 300 })));
 */
export function fresh(options: FreshOptions): Requirement {
  const { maxAge } = options;
  const acr = options.acr && Object.freeze([...options.acr]);
  if (maxAge === undefined && acr === undefined) {
    throw new ConfigurationError("fresh() needs maxAge, acr or both: fresh({ maxAge: 300 }).");
  }
  if (maxAge !== undefined && !(Number.isFinite(maxAge) && maxAge >= 0)) {
    throw new ConfigurationError("fresh(): maxAge is in seconds and must not be negative.");
  }
  const demand = {
    ...(maxAge === undefined ? {} : { maxAge }),
    ...(acr === undefined ? {} : { acrValues: acr }),
  };
  const shortfall = (refusal: Refusal, expected: string, found: string): Shortfall => ({
    refusal,
    demand,
    details: { expected, found },
  });

  return {
    description: {
      kind: "fresh",
      ...(maxAge !== undefined && { maxAge }),
      ...(acr !== undefined && { acr }),
    },
    test: ({ authenticatedAt, claims }, now) => {
      if (authenticatedAt === undefined) {
        return shortfall(loginImpossible, "a login", "a credential without one");
      }
      const age = toSeconds(now) - authenticatedAt;
      if (maxAge !== undefined && age > maxAge) {
        return shortfall(authenticationTooOld, `at most ${maxAge} s old`, `${age} s old`);
      }
      const found = "acr" in claims ? claims.acr : undefined;
      if (acr !== undefined && !acr.includes(found as string)) {
        return shortfall(authenticationTooWeak, acr.join(" "), String(found));
      }
      return undefined;
    },
  };
}
