import { permissionMissing, roleMissing } from "../guard/refusals.ts";
import type { Requirement } from "../guard/requirement.ts";
import { ConfigurationError } from "../wire/configuration-error.ts";

/**
 * Every one of these roles.
 *
 * @example
 * app.delete("/orders/:id", protect(guard, role("admin")), handler);
 */
export function role(...roles: string[]): Requirement {
  const needed = toNames(roles, "role");
  return {
    description: { kind: "role", roles: needed },
    test: (principal) =>
      needed.every((name) => principal.roles.includes(name))
        ? undefined
        : {
            refusal: roleMissing,
            details: { expected: needed.join(", "), found: principal.roles.join(", ") },
          },
  };
}

/**
 * Every one of these permissions.
 *
 * @example
 * protect(guard, permission("refunds:approve"));
 */
export function permission(...permissions: string[]): Requirement {
  const needed = toNames(permissions, "permission");
  return {
    description: { kind: "permission", permissions: needed },
    test: (principal) =>
      needed.every((name) => principal.permissions.includes(name))
        ? undefined
        : {
            refusal: permissionMissing,
            details: { expected: needed.join(", "), found: principal.permissions.join(", ") },
          },
  };
}

function toNames(names: readonly string[], what: string): readonly string[] {
  if (names.length > 0 && names.every((name) => name !== "")) return Object.freeze([...names]);
  throw new ConfigurationError(`${what}() needs at least one name: ${what}("admin").`);
}
