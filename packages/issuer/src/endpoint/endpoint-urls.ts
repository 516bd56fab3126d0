/** Where the endpoints are, as callers know them. */
export interface EndpointUrls {
  readonly jwks: string;
  readonly token: string;
  readonly revoke: string;
  readonly introspect: string;
}

/** Below the issuer's URL; for `https://example.com/auth` the token endpoint is `/auth/token`. */
export function toEndpointUrls(issuer: string): EndpointUrls {
  const base = issuer.replace(/\/$/, "");
  return {
    jwks: `${base}/jwks`,
    token: `${base}/token`,
    revoke: `${base}/revoke`,
    introspect: `${base}/introspect`,
  };
}
