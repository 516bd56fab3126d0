import type { Guard } from "../guard/guard.ts";
import type { Principal } from "../guard/principal.ts";
import { ConfigurationError } from "../wire/configuration-error.ts";

/** What a protected resource says of itself (RFC 9728 §2). */
export interface ResourceMetadata {
  readonly resource: string;
  readonly authorization_servers?: readonly string[];
  readonly bearer_methods_supported: readonly string[];
  readonly scopes_supported?: readonly string[];
  readonly dpop_signing_alg_values_supported?: readonly string[];
}

/**
 * The document that a service publishes at `/.well-known/oauth-protected-resource`, and the path of its
 * publicUrl after that (RFC 9728 §3.1), so that clients find out whose tokens it takes.
 *
 * @param scopes the scopes that its operations ask for, for `scopes_supported`
 * @throws ConfigurationError when the guard has no publicUrl
 * @example
 * app.get("/.well-known/oauth-protected-resource", (req, res) => res.json(resourceMetadata(guard)));
 */
export function resourceMetadata(
  guard: Guard<Principal | undefined>,
  scopes: readonly string[] = [],
): ResourceMetadata {
  const { publicUrl } = guard.policy;
  if (publicUrl === undefined) {
    throw new ConfigurationError(
      "resourceMetadata needs to know where the service is: createGuard({ publicUrl, … }).",
    );
  }
  // An issuer is a URL; one that is not (a name agreed upon for HMAC) is no authorization server.
  const issuers = guard.admitted
    .flatMap((scheme) => scheme.issuers ?? [])
    .filter((issuer) => URL.canParse(issuer));
  const dpop = new Set(guard.admitted.flatMap((scheme) => scheme.dpopAlgorithms ?? []));
  return {
    resource: publicUrl.pathname === "/" ? publicUrl.origin : publicUrl.href,
    ...(issuers.length > 0 && { authorization_servers: issuers }),
    bearer_methods_supported: guard.admitted.some(({ bearer }) => bearer) ? ["header"] : [],
    ...(scopes.length > 0 && { scopes_supported: scopes }),
    ...(dpop.size > 0 && { dpop_signing_alg_values_supported: [...dpop] }),
  };
}
