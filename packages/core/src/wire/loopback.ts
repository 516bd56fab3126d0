import { requireThat } from "./configuration-error.ts";

/** Whether a URL's host is this machine itself (RFC 8252 §7.3, RFC 6761 §6.3). */
export function isLoopback({ hostname }: URL): boolean {
  return /^((.*\.)?localhost|\[::1\]|127(\.\d+){3})$/.test(hostname);
}

/**
 * Whether what is sent to a URL stays private: it goes by https, or by http to this machine. A URL with
 * a user name or a password does not count, because URLs end up in logs.
 */
export function isSecureUrl({ href }: URL): boolean {
  return /^(https:\/\/[^/@]+|http:\/\/(([^/@]*\.)?localhost|\[::1\]|127(\.\d+){3})(:\d+)?)\//.test(
    href,
  );
}

/**
 * Parses a URL that credentials or keys will travel to.
 *
 * @param name what the option is called, for the message
 * @throws ConfigurationError when it is not an absolute https URL (http is let pass on loopback)
 */
export function requireSecureUrl(value: string | URL, name: string): URL {
  const url = URL.parse(String(value));
  requireThat(
    url && isSecureUrl(url),
    `${name} must be an absolute https: URL (http: on loopback), without user name.`,
  );
  return url;
}
