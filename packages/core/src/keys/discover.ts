import { requireSecureUrl } from "../wire/loopback.ts";
import type { JsonObject } from "../wire/strict-json.ts";
import { type Fetch, fetchJson } from "./fetch-json.ts";

/** The members of an issuer's metadata that are looked for (RFC 8414 §2). */
type Address = "jwks_uri" | "introspection_endpoint";

/**
 * What an issuer publishes of itself: by OpenID Connect Discovery 1.0 §4 first, then by RFC 8414 §3.
 * Its own name for itself must be exactly the one we trust (RFC 8414 §3.3), and the address that is
 * wanted must be there and secure.
 *
 * @throws Error that says what both places answered
 */
export async function discover<A extends Address>(
  issuer: string,
  wanted: A,
  signal: AbortSignal,
  fetch: Fetch | undefined,
): Promise<JsonObject & Record<A, string>> {
  const problems: string[] = [];
  for (const url of metadataUrls(issuer)) {
    try {
      const metadata = await fetchJson(url, signal, fetch);
      if (metadata.issuer !== issuer) throw new Error(`${url} names another issuer`);
      const address = metadata[wanted];
      if (typeof address !== "string") throw new Error(`${url} names no ${wanted}`);
      const { href } = requireSecureUrl(address, `${wanted} of ${issuer}`);
      return { ...metadata, [wanted]: href } as JsonObject & Record<A, string>;
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new Error(`The ${wanted} of ${issuer} could not be discovered: ${problems.join("; ")}`);
}

/** Where an issuer publishes its keys. */
export async function discoverJwksUrl(
  issuer: string,
  signal: AbortSignal,
  fetch: Fetch | undefined,
): Promise<string> {
  return (await discover(issuer, "jwks_uri", signal, fetch)).jwks_uri;
}

function metadataUrls(issuer: string): readonly string[] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, "");
  return [
    `${origin}${path}/.well-known/openid-configuration`,
    `${origin}/.well-known/oauth-authorization-server${path}`,
  ];
}
