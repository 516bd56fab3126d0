import { ConfigurationError } from "@countersign/core/wire";

/** A cookie that scripts cannot read and other sites cannot have sent. */
export interface SafeCookie {
  /** Its prefix keeps other sites from setting it (RFC 6265bis §4.1.3). */
  readonly name: `__Host-${string}` | `__Secure-${string}`;
  readonly path: string;
  readonly sameSite: "Lax" | "Strict";
}

/** Browsers drop a longer one without a word (RFC 6265 §6.1). */
const longest = 4096;

/**
 * The value of a Set-Cookie field (RFC 6265 §4.1).
 *
 * @param maxAge seconds; 0 takes the cookie away
 * @throws ConfigurationError when it is longer than browsers take
 */
export function formatSetCookie(cookie: SafeCookie, value: string, maxAge: number): string {
  const { name, path, sameSite } = cookie;
  const pair = `${name}=${value}`;
  if (pair.length > longest) {
    throw new ConfigurationError(
      `The cookie ${name} would have ${pair.length} bytes, and browsers keep ${longest}: put fewer ` +
        "claims, scopes or roles into the access token.",
    );
  }
  return `${pair}; Path=${path}; Max-Age=${maxAge}; HttpOnly; Secure; SameSite=${sameSite}`;
}
