import { encodeBase64Url } from "./base64url.ts";

const utf8 = new TextEncoder();

/** SHA-256 of a text's UTF-8 bytes, in base64url: how secrets are kept and looked up. */
export async function sha256(text: string): Promise<string> {
  return encodeBase64Url(new Uint8Array(await crypto.subtle.digest("SHA-256", utf8.encode(text))));
}
