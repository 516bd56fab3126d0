/**
 * Percent-encodes all but the unreserved characters of RFC 3986 §2.3, in UTF-8: what RFC 5849 §3.6
 * asks for, and stricter than `encodeURIComponent`.
 */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Undoes it. `undefined` for a stray percent sign and for bytes that are no UTF-8. */
export function percentDecode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
