import { requireThat } from "./configuration-error.ts";
import { type Secret, toSecret } from "./secret.ts";

/** Control characters are not allowed in either part (RFC 7617 §2). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const control = /[\x00-\x1f\x7f]/;
const strictUtf8 = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A user-id and a password as RFC 7617 joins them. */
export interface BasicCredentials<P = string> {
  readonly username: string;
  readonly password: P;
}

/**
 * The token68 of Basic credentials, in UTF-8 (RFC 7617 §2).
 *
 * @throws ConfigurationError when the user name has a colon, at which they are parted again, or either
 * part a control character
 * @example
 * encodeBasic({ username: "Aladdin", password: "open sesame" }); // "QWxhZGRpbjpvcGVuIHNlc2FtZQ=="
 */
export function encodeBasic({ username, password }: BasicCredentials<string | Secret>): string {
  const pair = `${username}:${toSecret(password).reveal()}`;
  requireThat(
    !username.includes(":") && !control.test(pair),
    "basic: no colon in the user name, no control characters.",
  );
  return btoa(String.fromCharCode(...new TextEncoder().encode(pair)));
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
  if (colon < 0 || control.test(pair)) return undefined;
  return { username: pair.slice(0, colon), password: pair.slice(colon + 1) };
}
