import { requireSecureUrl } from "../wire/loopback.ts";
import { type Fetch, fetchJson } from "./fetch-json.ts";

/**
 * Where an issuer publishes its keys: OpenID Connect Discovery 1.0 §4 first, then RFC 8414 §3. Its
 * own name for itself must be exactly the one we trust (RFC 8414 §3.3).
 *
 * @throws Error that says what both places answered
 */
export async function discoverJwksUrl(
  issuer: string,
  signal: AbortSignal,
  fetch: Fetch | undefined,
): Promise<string> {
  const problems: string[] = [];
  for (const url of metadataUrls(issuer)) {
    try {
      const metadata = await fetchJson(url, signal, fetch);
      if (metadata.issuer !== issuer) throw new Error(`${url} names another issuer`);
      if (typeof metadata.jwks_uri !== "string") throw new Error(`${url} names no jwks_uri`);
      return requireSecureUrl(metadata.jwks_uri, `jwks_uri of ${issuer}`).href;
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new Error(`The keys of ${issuer} could not be discovered: ${problems.join("; ")}`);
}

function metadataUrls(issuer: string): readonly string[] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, "");
  return [
    `${origin}${path}/.well-known/openid-configuration`,
    `${origin}/.well-known/oauth-authorization-server${path}`,
  ];
}
