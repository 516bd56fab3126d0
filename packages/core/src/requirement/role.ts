import { ConfigurationError } from "../wire/configuration-error.ts";
import type { Requirement } from "./requirement.ts";

/**
 * Every one of these roles.
 *
 * @example
 * app.delete("/orders/:id", protect(guard, role("admin")), handler);
 */
export function role(...roles: string[]): Requirement {
  requireNames(roles, "role");
  return {
    description: { kind: "role", roles },
    test: (principal) =>
      roles.every((needed) => principal.roles.includes(needed))
        ? undefined
        : {
            reason: "role_missing",
            details: { expected: roles.join(", "), found: principal.roles.join(", ") },
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
  requireNames(permissions, "permission");
  return {
    description: { kind: "permission", permissions },
    test: (principal) =>
      permissions.every((needed) => principal.permissions.includes(needed))
        ? undefined
        : {
            reason: "permission_missing",
            details: { expected: permissions.join(", "), found: principal.permissions.join(", ") },
          },
  };
}

function requireNames(names: readonly string[], what: string): void {
  if (names.length > 0 && names.every((name) => name !== "")) return;
  throw new ConfigurationError(`${what}() needs at least one name: ${what}("admin").`);
}
