import { authenticationMethods } from "./authenticate-client.ts";
import { grantTypeNames } from "./token.ts";

/** Where the endpoints are. */
export interface EndpointUrls {
  readonly jwks: string;
  readonly token: string;
  readonly revoke: string;
}

/** Authorization server metadata (RFC 8414 §2). */
export function toMetadata(issuer: string, { jwks, token, revoke }: EndpointUrls) {
  return {
    issuer,
    token_endpoint: token,
    jwks_uri: jwks,
    revocation_endpoint: revoke,
    grant_types_supported: grantTypeNames,
    // Required, and empty: there is no authorization endpoint.
    response_types_supported: [],
    token_endpoint_auth_methods_supported: authenticationMethods,
    revocation_endpoint_auth_methods_supported: authenticationMethods,
  };
}
