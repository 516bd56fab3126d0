import { ConfigurationError, requireSecureUrl } from "@countersign/core/wire";
import { ClientError } from "../client-error.ts";

/**
 * The origins a credential is for.
 *
 * @throws ConfigurationError when there are none, or one is not secure or more than an origin
 */
export function requireOrigins(values: readonly (string | URL)[]): ReadonlySet<string> {
  if (values.length === 0) {
    throw new ConfigurationError(
      'createAuthFetch: origins is empty. List the origins of the API, like "https://api.example.com".',
    );
  }
  return new Set(values.map(requireOrigin));
}

function requireOrigin(value: string | URL): string {
  const url = requireSecureUrl(value, "createAuthFetch: each of origins");
  if (url.href !== `${url.origin}/`) {
    throw new ConfigurationError(
      `createAuthFetch: origins must hold nothing but origins. Use "${url.origin}", without path, ` +
        "query, user name or password.",
    );
  }
  return url.origin;
}

/**
 * Refuses to send where the credential does not belong.
 *
 * @throws ClientError `url_with_credentials`, `origin_not_allowed`
 */
export function requireListed(url: URL, origins: ReadonlySet<string>): void {
  if (url.username !== "" || url.password !== "") {
    throw new ClientError(
      "url_with_credentials",
      `The URL of a request to ${url.host} holds a user name or a password. Take them out of the URL ` +
        "and use basic({ username, password }).",
    );
  }
  // A blob: URL has an https: origin, too.
  if (!/^https?:$/.test(url.protocol) || !origins.has(url.origin)) {
    throw new ClientError(
      "origin_not_allowed",
      `A request to ${url.protocol}//${url.host} was not sent: the credential is for ` +
        `${[...origins].join(", ")}. Add the origin to origins if the credential is for it as well; ` +
        "else use another fetch.",
    );
  }
}
