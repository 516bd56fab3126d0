import { isJsonObject, type JsonObject } from "../wire/strict-json.ts";

/**
 * Where a list of names (scopes, roles, …) stands in a token: a claim by its exact name, a path
 * through nested claims, or a function of all claims.
 *
 * @example
 * jwt({ issuer, audience, roles: ["realm_access", "roles"] }); // as Keycloak has it
 */
export type ClaimReader = string | readonly string[] | ((claims: JsonObject) => readonly string[]);

/** Reads a list of names: of an array its strings, of a string its words. Anything else is none. */
export function readNames(claims: JsonObject, reader: ClaimReader): readonly string[] {
  if (typeof reader === "function") return reader(claims);
  const path = typeof reader === "string" ? [reader] : reader;
  let value: unknown = claims;
  for (const name of path) {
    value = isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  }
  if (typeof value === "string") return value.split(" ").filter((word) => word !== "");
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}
