import { decodeBase64Url, encodeBase64Url } from "@countersign/core/wire";
import type { CryptoKey } from "jose";

const nonceLength = 12;
const utf8 = new TextEncoder();
const fromUtf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Encrypts JSON with AES-256-GCM under a random nonce; gives both in base64url.
 *
 * @param context what the text belongs to: whoever opens it must name the same
 */
export async function sealJson(value: unknown, key: CryptoKey, context: string): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(nonceLength));
  const plain = utf8.encode(JSON.stringify(value));
  const sealed = new Uint8Array(await crypto.subtle.encrypt(cipher(iv, context), key, plain));
  const bytes = new Uint8Array(nonceLength + sealed.length);
  bytes.set(iv);
  bytes.set(sealed, nonceLength);
  return encodeBase64Url(bytes);
}

/** @throws Error when the text was sealed under another key or for another context, or changed */
export async function unsealJson(text: string, key: CryptoKey, context: string): Promise<unknown> {
  const bytes = decodeBase64Url(text);
  if (bytes === undefined) throw new Error("What was sealed is not base64url any more.");
  const iv = bytes.subarray(0, nonceLength);
  const sealed = bytes.subarray(nonceLength);
  const plain = await crypto.subtle.decrypt(cipher(iv, context), key, sealed);
  return JSON.parse(fromUtf8.decode(plain));
}

function cipher(iv: Uint8Array<ArrayBuffer>, context: string) {
  return { name: "AES-GCM", iv, additionalData: utf8.encode(context) };
}
