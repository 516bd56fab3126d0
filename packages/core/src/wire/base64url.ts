import { decode, encode } from "#bytes";

/** Bytes as base64url without padding (RFC 4648 §5, RFC 7515 §2). */
export function encodeBase64Url(bytes: Uint8Array): string {
  return encode(bytes);
}

/**
 * The bytes of a canonical base64url text, or `undefined`. Strict: padding, white space, the
 * characters of plain base64 and stray bits in the last character are all refused, so that one
 * value has one spelling (RFC 4648 §3.5).
 */
export function decodeBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  return decode(text);
}
