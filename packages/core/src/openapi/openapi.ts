import type { Guard } from "../guard/guard.ts";
import type { Principal } from "../guard/principal.ts";
import type { Requirement, RequirementDescription } from "../guard/requirement.ts";
import type { Scheme, SecurityScheme } from "../guard/scheme.ts";

/** What an OpenAPI 3.1 document says of a guard. */
export interface OpenApiSecurity {
  /** For `components.securitySchemes`. */
  readonly securitySchemes: Readonly<Record<string, SecurityScheme>>;
  /** For an operation's `security`: any one of these lets in. */
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
}

/**
 * Describes a guard, and what an operation behind it asks for, in OpenAPI's words.
 *
 * @example
 * const { securitySchemes, security } = openapi(guard, scope("orders:read"));
 */
export function openapi(
  guard: Guard<Principal | undefined>,
  requirement?: Requirement,
): OpenApiSecurity {
  const entries = guard.admitted.flatMap(entriesOf);
  const scopes = requirement === undefined ? [[]] : alternatives(requirement.description);
  const security = entries.flatMap(([name]) => scopes.map((needed) => ({ [name]: needed })));
  return {
    securitySchemes: Object.fromEntries(entries),
    security: guard.isOptional ? [...security, {}] : security,
  };
}

/** A scheme that reads its credential from several places has an entry for each. */
function entriesOf({ name, describe }: Scheme): (readonly [string, SecurityScheme])[] {
  const places = describe();
  if (places.length === 1) return places.map((place) => [name, place]);
  return places.map((place) => [`${name}.${"in" in place ? place.name : place.scheme}`, place]);
}

/** The sets of scopes of which one must be held; all other requirements OpenAPI cannot say. */
function alternatives(description: RequirementDescription): readonly (readonly string[])[] {
  switch (description.kind) {
    case "scope":
      return [description.scopes];
    case "any-scope":
      return description.scopes.map((scope) => [scope]);
    case "any-of":
      return description.of.flatMap(alternatives);
    case "all-of":
      return description.of
        .map(alternatives)
        .reduce((all, next) => all.flatMap((a) => next.map((b) => [...new Set([...a, ...b])])));
    default:
      return [[]];
  }
}
