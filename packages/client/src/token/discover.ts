import { isLoopback } from "@countersign/core/wire";
import {
  type AuthorizationServer,
  allowInsecureRequests,
  customFetch,
  discoveryRequest,
  processDiscoveryResponse,
} from "oauth4webapi";
import { ClientError } from "../client-error.ts";
import type { createIssuerFetch } from "./issuer-fetch.ts";

/**
 * The metadata of an issuer: by OpenID Connect Discovery, or where there is none by RFC 8414.
 *
 * @throws ClientError `discovery_failed`, `token_endpoint_unreachable`
 */
export async function discover(
  issuer: URL,
  fetch: ReturnType<typeof createIssuerFetch>,
): Promise<AuthorizationServer> {
  const options = { [customFetch]: fetch, [allowInsecureRequests]: isLoopback(issuer) };
  for (const algorithm of ["oidc", "oauth2"] as const) {
    const response = await discoveryRequest(issuer, { ...options, algorithm });
    const server = await processDiscoveryResponse(issuer, response).catch(() => undefined);
    if (server && isSecure(server.token_endpoint)) return server;
  }
  throw new ClientError(
    "discovery_failed",
    `${issuer.href} has no usable metadata. It must serve /.well-known/openid-configuration or ` +
      "/.well-known/oauth-authorization-server, without a redirect, with this very issuer in it and a " +
      "secure token_endpoint. Copy the issuer exactly as the authorization server states it.",
  );
}

/** An issuer on this machine, too, must not send the client's secret elsewhere in clear text. */
function isSecure(endpoint: string | undefined): boolean {
  const url = endpoint && URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  return url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url));
}
