import { ConfigurationError } from "../wire/configuration-error.ts";
import { type Secret, toSecret } from "../wire/secret.ts";
import { admittances } from "./admittance.ts";
import type { Principal } from "./principal.ts";

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
  const token = admittances.get(principal)?.presented;
  if (token !== undefined) return toSecret(token);
  throw new ConfigurationError(
    `presentedToken: a principal of the scheme "${principal.scheme}" that presented no token. Admit ` +
      "schemes with tokens alone on this route: protect(guard.only(…)).",
  );
}
