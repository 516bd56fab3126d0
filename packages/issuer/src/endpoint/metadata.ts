import type { Settings } from "../settings.ts";
import { secretMethods } from "./authenticate-client.ts";
import { grantTypeNames } from "./token.ts";

/** What keys fix by themselves, for assertions (RFC 7518 §3.1, RFC 9864); a key may name another. */
const assertionAlgorithms = ["ES256", "ES384", "ES512", "Ed25519", "EdDSA", "RS256"];

/** Authorization server metadata (RFC 8414 §2). */
export function toMetadata(settings: Settings) {
  const { url, endpoints, dpop, clients } = settings;
  const signs = [...clients.values()].some(({ isAssertion }) => isAssertion);
  const confidentialMethods = [...secretMethods, ...(signs ? ["private_key_jwt"] : [])];
  const methods = [...confidentialMethods, "none"];
  return {
    issuer: url,
    token_endpoint: endpoints.token,
    jwks_uri: endpoints.jwks,
    revocation_endpoint: endpoints.revoke,
    introspection_endpoint: endpoints.introspect,
    grant_types_supported: grantTypeNames(settings),
    // Required, and empty: there is no authorization endpoint.
    response_types_supported: [],
    token_endpoint_auth_methods_supported: methods,
    revocation_endpoint_auth_methods_supported: methods,
    introspection_endpoint_auth_methods_supported: confidentialMethods,
    ...(signs && {
      token_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
      revocation_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
      introspection_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
    }),
    // RFC 9449 §5.1.
    ...(dpop && { dpop_signing_alg_values_supported: dpop.algorithms }),
  };
}
