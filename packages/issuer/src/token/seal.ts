import type { CryptoKey } from "jose";
import { sealJson, unsealJson } from "../aes-gcm.ts";
import type { RefreshToken } from "./refresh-token.ts";

/** Names the format: a later one gets another name, and old answers live 30 seconds at most. */
const version = "v1";
const utf8 = new TextEncoder();

/**
 * Encrypts an answer (AES-256-GCM) so that only who holds the presented refresh token can read it:
 * the key comes from the token (HKDF-SHA256, RFC 5869), of which the store has the hash alone.
 */
export async function seal(answer: unknown, presented: RefreshToken): Promise<string> {
  const key = await deriveKey(presented, "encrypt");
  return `${version}.${await sealJson(answer, key, contextOf(presented))}`;
}

/** @throws Error when the text was sealed for another token, or changed */
export async function unseal(sealedAnswer: string, presented: RefreshToken): Promise<unknown> {
  if (!sealedAnswer.startsWith(`${version}.`)) {
    throw new Error(`The store gave a sealed answer that is not of version ${version}.`);
  }
  const key = await deriveKey(presented, "decrypt");
  return unsealJson(sealedAnswer.slice(version.length + 1), key, contextOf(presented));
}

async function deriveKey({ text }: RefreshToken, use: "encrypt" | "decrypt"): Promise<CryptoKey> {
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
function contextOf({ hash }: RefreshToken): string {
  return `${version}.${hash}`;
}
