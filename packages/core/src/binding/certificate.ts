import { encodeBase64Url } from "../wire/base64url.ts";

/**
 * The SHA-256 of a certificate's DER, in base64url, as `cnf["x5t#S256"]` has it (RFC 8705 §3.1), or
 * `undefined` of what is no PEM (RFC 7468 §5). Of a chain, the first counts: the caller's own.
 */
export async function certificateThumbprint(pem: string): Promise<string | undefined> {
  const [, base64] = /-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----/.exec(pem) ?? [];
  const der = base64 === undefined ? undefined : fromBase64(base64);
  if (der === undefined) return undefined;
  return encodeBase64Url(new Uint8Array(await crypto.subtle.digest("SHA-256", der)));
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
