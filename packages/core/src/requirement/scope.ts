import { scopeMissing } from "../guard/refusals.ts";
import type { Requirement } from "../guard/requirement.ts";
import { ConfigurationError } from "../wire/configuration-error.ts";

// One scope-token (RFC 6749 §3.3): no white space, no quote, no backslash.
const scopeToken = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/**
 * Every one of these scopes. A caller without them gets 403 `insufficient_scope` naming them.
 *
 * @example
 * app.get("/orders", protect(guard, scope("orders:read")), handler);
 */
export function scope(...scopes: string[]): Requirement {
  return scopeRequirement("scope", scopes, (held) =>
    scopes.every((needed) => held.includes(needed)),
  );
}

/**
 * At least one of these scopes.
 *
 * @example
 * protect(guard, anyScope("orders:read", "orders:admin"));
 */
export function anyScope(...scopes: string[]): Requirement {
  return scopeRequirement("any-scope", scopes, (held) =>
    scopes.some((needed) => held.includes(needed)),
  );
}

function scopeRequirement(
  kind: "scope" | "any-scope",
  scopes: readonly string[],
  enough: (held: readonly string[]) => boolean,
): Requirement {
  if (scopes.length === 0 || !scopes.every((name) => scopeToken.test(name))) {
    throw new ConfigurationError(
      "A scope requirement needs at least one scope, each without white space, quotes or backslashes: scope('orders:read').",
    );
  }
  const all = Object.freeze([...scopes]);
  return {
    description: { kind, scopes: all },
    test: (principal) =>
      enough(principal.scopes)
        ? undefined
        : {
            refusal: scopeMissing,
            demand: { scope: all },
            details: { expected: all.join(" "), found: principal.scopes.join(" ") },
          },
  };
}
