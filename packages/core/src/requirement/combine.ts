import type { Requirement, Shortfall } from "../guard/requirement.ts";
import { ConfigurationError } from "../wire/configuration-error.ts";

/**
 * All of these. Where several are not met, what is forbidden is said before what a new login would
 * mend, in whatever order they are written.
 *
 * @example
 * protect(guard, allOf(scope("orders:write"), role("admin")));
 */
export function allOf(...requirements: Requirement[]): Requirement {
  requireSome(requirements, "allOf");
  return {
    description: { kind: "all-of", of: requirements.map((each) => each.description) },
    test: (principal, now) => {
      let mendable: Shortfall | undefined;
      for (const requirement of requirements) {
        const shortfall = requirement.test(principal, now);
        if (shortfall === undefined) continue;
        if (shortfall.refusal.status === 403) return shortfall;
        mendable ??= shortfall;
      }
      return mendable;
    },
  };
}

/**
 * At least one of these. Where none is met, the first says what is missing.
 *
 * @example
 * protect(guard, anyOf(role("admin"), scope("orders:admin")));
 */
export function anyOf(...requirements: Requirement[]): Requirement {
  requireSome(requirements, "anyOf");
  return {
    description: { kind: "any-of", of: requirements.map((each) => each.description) },
    test: (principal, now) => {
      let first: Shortfall | undefined;
      for (const requirement of requirements) {
        const shortfall = requirement.test(principal, now);
        if (shortfall === undefined) return undefined;
        first ??= shortfall;
      }
      return first;
    },
  };
}

function requireSome(requirements: readonly Requirement[], what: string): void {
  if (requirements.length > 0) return;
  throw new ConfigurationError(`${what}() needs at least one requirement: ${what}(scope("a")).`);
}
