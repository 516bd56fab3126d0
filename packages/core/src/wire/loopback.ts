import { ConfigurationError } from "./configuration-error.ts";

/** Whether a URL's host is this machine itself (RFC 8252 §7.3, RFC 6761 §6.3). */
export function isLoopback(url: URL): boolean {
  const host = url.hostname;
  return (
    host === "localhost" ||
    host.endsWith(".localhost") ||
    host === "[::1]" ||
    /^127(\.\d+){3}$/.test(host)
  );
}

/**
 * Parses a URL that credentials or keys will travel to.
 *
 * @param name what the option is called, for the message
 * @throws ConfigurationError when it is not an absolute https URL (http is let pass on loopback)
 */
export function requireSecureUrl(value: string | URL, name: string): URL {
  const url = URL.canParse(String(value)) ? new URL(value) : undefined;
  if (!(url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url)))) {
    throw new ConfigurationError(
      `${name} must be an absolute https: URL (http: is allowed for loopback only), and is ` +
        `"${url ? `${url.protocol}//${url.host}` : value}". Use its https: address.`,
    );
  }
  if (url.username || url.password) {
    throw new ConfigurationError(`${name} must hold no user name and no password. Leave them out.`);
  }
  return url;
}
