import { decodeBase64Url, encodeBase64Url } from "@countersign/core/wire";
import type { RefreshToken } from "./refresh-token.ts";

/** Names the format: a later one gets another name, and old answers live 30 seconds at most. */
const version = "v1";
const nonceLength = 12;
const utf8 = new TextEncoder();
const fromUtf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Encrypts an answer (AES-256-GCM) so that only who holds the presented refresh token can read it:
 * the key comes from the token (HKDF-SHA256, RFC 5869), of which the store has the hash alone.
 */
export async function seal(answer: unknown, presented: RefreshToken): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(nonceLength));
  const key = await deriveKey(presented, "encrypt");
  const plain = utf8.encode(JSON.stringify(answer));
  const sealed = new Uint8Array(await crypto.subtle.encrypt(cipher(iv, presented), key, plain));
  const bytes = new Uint8Array(nonceLength + sealed.length);
  bytes.set(iv);
  bytes.set(sealed, nonceLength);
  return `${version}.${encodeBase64Url(bytes)}`;
}

/** @throws Error when the text was sealed for another token, or changed */
export async function unseal(sealedAnswer: string, presented: RefreshToken): Promise<unknown> {
  const bytes = sealedAnswer.startsWith(`${version}.`)
    ? decodeBase64Url(sealedAnswer.slice(version.length + 1))
    : undefined;
  if (!bytes) throw new Error(`The store gave a sealed answer that is not of version ${version}.`);
  const key = await deriveKey(presented, "decrypt");
  const iv = bytes.subarray(0, nonceLength);
  const sealed = bytes.subarray(nonceLength);
  const plain = await crypto.subtle.decrypt(cipher(iv, presented), key, sealed);
  return JSON.parse(fromUtf8.decode(plain));
}

async function deriveKey({ text }: RefreshToken, use: "encrypt" | "decrypt") {
  const secret = await crypto.subtle.importKey("raw", utf8.encode(text), "HKDF", false, [
    "deriveKey",
  ]);
  const info = utf8.encode(`countersign refresh answer ${version}`);
  const derivation = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info };
  return crypto.subtle.deriveKey(derivation, secret, { name: "AES-GCM", length: 256 }, false, [
    use,
  ]);
}

/** The hash as additional data: one token's answer cannot be put in the place of another's. */
function cipher(iv: Uint8Array<ArrayBuffer>, { hash }: RefreshToken) {
  return { name: "AES-GCM", iv, additionalData: utf8.encode(`${version}.${hash}`) };
}
