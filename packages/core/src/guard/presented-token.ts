import { createSlot } from "#slot";
import { ConfigurationError } from "../wire/configuration-error.ts";
import { type Secret, toSecret } from "../wire/secret.ts";
import type { Principal } from "./principal.ts";

/** What principals presented: beside them and not in them, so that whoever logs one logs no token. */
export const presented = /* @__PURE__ */ createSlot<string>();

/**
 * The token, or API key, that a principal presented: for calls to other services in their name, such as
 * token exchange (RFC 8693).
 *
 * @throws ConfigurationError when the principal presented none: it came with a password or a signature,
 * or was made by hand
 * @example
 * const token = presentedToken(getPrincipal(guard, request)).reveal();
 */
export function presentedToken(principal: Principal): Secret {
  const token = presented.get(principal);
  if (token !== undefined) return toSecret(token);
  throw new ConfigurationError(
    `presentedToken: a principal of the scheme "${principal.scheme}" that presented no token. Admit ` +
      "schemes with tokens alone on this route: protect(guard.only(…)).",
  );
}
