import type { CryptoKey } from "jose";
import { equalInConstantTime } from "./equal.ts";
import { percentEncode } from "./percent-encoding.ts";
import { sha256 } from "./sha256.ts";

/** How a request is signed with a secret (RFC 5849 §3.4.2, §3.4.4). */
export type OAuth1SecretMethod = "HMAC-SHA256" | "HMAC-SHA1" | "PLAINTEXT";

/** How a request is signed (RFC 5849 §3.4); HMAC-SHA256 is its HMAC-SHA1 with another hash. */
export type OAuth1SignatureMethod = OAuth1SecretMethod | "RSA-SHA1";

/** The secrets that both sides know. */
export interface OAuth1Secrets {
  readonly consumerSecret: string;
  /** Of the token, where there is one. */
  readonly tokenSecret?: string | undefined;
}

const utf8 = /* @__PURE__ */ new TextEncoder();

/** How keys for RSA-SHA1 are imported: `crypto.subtle.importKey("spki", …, rsaSha1, …)`. */
export const rsaSha1 = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-1" } as const;

/**
 * Signs a base string with secrets (RFC 5849 §3.4.2, §3.4.4).
 *
 * @example
 * await signOAuth1("HMAC-SHA256", baseString, { consumerSecret, tokenSecret });
 */
export async function signOAuth1(
  method: OAuth1SecretMethod,
  baseString: string,
  { consumerSecret, tokenSecret = "" }: OAuth1Secrets,
): Promise<string> {
  const secrets = `${percentEncode(consumerSecret)}&${percentEncode(tokenSecret)}`;
  if (method === "PLAINTEXT") return secrets;
  const hash = method === "HMAC-SHA1" ? "SHA-1" : "SHA-256";
  const algorithm = { name: "HMAC", hash };
  const key = await crypto.subtle.importKey("raw", utf8.encode(secrets), algorithm, false, [
    "sign",
  ]);
  return toBase64(await crypto.subtle.sign("HMAC", key, utf8.encode(baseString)));
}

/** Whether a signature is the one that the secrets make. */
export async function verifyOAuth1(
  method: OAuth1SecretMethod,
  baseString: string,
  signature: string,
  secrets: OAuth1Secrets,
): Promise<boolean> {
  // Digests of both are compared: a PLAINTEXT signature is the secrets themselves.
  const expected = await sha256(await signOAuth1(method, baseString, secrets));
  return equalInConstantTime(await sha256(signature), expected);
}

/**
 * Signs a base string with a private RSA key (RFC 5849 §3.4.3).
 *
 * @param privateKey imported for {@link rsaSha1}
 */
export async function signOAuth1Rsa(baseString: string, privateKey: CryptoKey): Promise<string> {
  return toBase64(await crypto.subtle.sign(rsaSha1.name, privateKey, utf8.encode(baseString)));
}

/**
 * Whether a signature is one by the private key that belongs to this public one.
 *
 * @param publicKey imported for {@link rsaSha1}
 */
export async function verifyOAuth1Rsa(
  baseString: string,
  signature: string,
  publicKey: CryptoKey,
): Promise<boolean> {
  const bytes = fromBase64(signature);
  if (bytes === undefined) return false;
  return crypto.subtle.verify(rsaSha1.name, publicKey, bytes, utf8.encode(baseString));
}

function toBase64(bytes: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)));
}

/** Canonical base64 alone: one signature has one spelling. */
function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined;
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return toBase64(bytes.buffer) === text ? bytes : undefined;
}
