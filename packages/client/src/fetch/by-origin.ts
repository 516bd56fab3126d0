import { requireThat } from "@countersign/core/wire";
import type { Credential } from "../credential/credential.ts";
import type { AuthFetchOptions } from "./create-auth-fetch.ts";
import { requireOrigins } from "./origins.ts";

/**
 * A credential for each of several origins, for whatever takes `origins` and `credential`. A redirect from
 * one of them to another is followed without any.
 *
 * @throws ConfigurationError when there is no origin, one is not secure or more than an origin, or two are
 * the same
 * @example
 * const api = createAuthFetch(
 *   byOrigin({
 *     "https://api.example.com": bearer(source),
 *     "https://files.example.com": apiKey({ key }),
 *   }),
 * );
 */
export function byOrigin(
  credentials: Readonly<Record<string, Credential>>,
): Pick<AuthFetchOptions, "origins" | "credential"> {
  const origins = requireOrigins(Object.keys(credentials));
  const table = new Map(Object.values(credentials).map((each, at) => [origins[at], each]));
  requireThat(table.size === origins.length, "byOrigin: two of the origins are the same.");
  const credential: Credential = {
    attach: (request, context) => table.get(request.url.origin)?.attach(request, context) ?? {},
  };
  return { origins, credential };
}
