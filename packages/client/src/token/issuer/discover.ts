import { isSecureUrl } from "@countersign/core/wire";
import type { AuthorizationServer } from "oauth4webapi";
import { ClientError } from "../../client-error.ts";
import type { IssuerFetch } from "./issuer-fetch.ts";

/**
 * The metadata of an issuer: by OpenID Connect Discovery, or where there is none by RFC 8414.
 *
 * @throws ClientError `discovery_failed`, `token_endpoint_unreachable`
 */
export async function discover(issuer: URL, fetch: IssuerFetch): Promise<AuthorizationServer> {
  const path = issuer.pathname.replace(/\/$/, "");
  const wellKnown = `${issuer.origin}/.well-known/oauth-authorization-server${path}`;
  // OpenID Connect appends to the issuer's path, RFC 8414 §3.1 puts itself before it.
  for (const url of [`${issuer.origin}${path}/.well-known/openid-configuration`, wellKnown]) {
    const response = await fetch(url, { method: "GET", headers: { accept: "application/json" } });
    const server = Object(await response.json().catch(() => undefined));
    const isOurs = URL.canParse(server.issuer) && new URL(server.issuer).href === issuer.href;
    if (response.status === 200 && isOurs && isSecure(server.token_endpoint)) return server;
  }
  throw new ClientError(
    `discovery_failed: ${issuer.href} has no metadata (RFC 8414 §3) with this very issuer and a secure token_endpoint. Copy the issuer exactly as the authorization server states it.`,
  );
}

/** Whether an endpoint may be called: an issuer on this machine must not send anybody elsewhere in clear text. */
export function isSecure(endpoint: unknown): endpoint is string {
  return typeof endpoint === "string" && URL.canParse(endpoint) && isSecureUrl(new URL(endpoint));
}
