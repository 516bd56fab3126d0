import { ConfigurationError } from "./configuration-error.ts";

const utf8 = new TextEncoder();
const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A user-id and a password as RFC 7617 joins them. */
export interface BasicCredentials {
  readonly username: string;
  readonly password: string;
}

/**
 * The token68 of Basic credentials, in UTF-8 (RFC 7617 §2).
 *
 * @throws ConfigurationError when the user name has a colon, at which they are parted again
 * @example
 * encodeBasic({ username: "Aladdin", password: "open sesame" }); // "QWxhZGRpbjpvcGVuIHNlc2FtZQ=="
 */
export function encodeBasic({ username, password }: BasicCredentials): string {
  if (username.includes(":")) {
    throw new ConfigurationError("A user name for Basic must have no colon (RFC 7617 §2).");
  }
  const bytes = utf8.encode(`${username}:${password}`);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

/** Reads what {@link encodeBasic} writes; `undefined` when it is no base64, no UTF-8 or has no colon. */
export function decodeBasic(token68: string): BasicCredentials | undefined {
  if (token68.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(token68)) return undefined;
  const bytes = Uint8Array.from(atob(token68), (character) => character.charCodeAt(0));
  let pair: string;
  try {
    pair = strictUtf8.decode(bytes);
  } catch {
    return undefined;
  }
  const colon = pair.indexOf(":");
  // Control characters are not allowed in either part (RFC 7617 §2).
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (colon < 0 || /[\x00-\x1f\x7f]/.test(pair)) return undefined;
  return { username: pair.slice(0, colon), password: pair.slice(colon + 1) };
}
