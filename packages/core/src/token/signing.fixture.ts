/** Keys, a clock that stands still, and tokens of any shape: what the tests of this folder sign with. */
import { type CryptoKey, exportJWK, type JWK } from "jose";
import type { SigningAlgorithm } from "../keys/algorithms.ts";
import { decodeBase64Url, encodeBase64Url } from "../wire/base64url.ts";
import type { JwtVerifier } from "./create-jwt-verifier.ts";
import type { ParsedToken } from "./parse-token.ts";
import { TokenError } from "./token-error.ts";

export const issuer = "https://id.example.com";
export const audience = "https://api.example.com";
/** Seconds since the epoch. */
export const now = 1_700_000_000;
export const clock = { now: () => now * 1000 };
export const goodClaims = { iss: issuer, aud: audience, sub: "ada", iat: now - 10, exp: now + 300 };

const utf8 = new TextEncoder();
const hashes = { "256": "SHA-256", "384": "SHA-384", "512": "SHA-512" } as const;
const curves = { ES256: "P-256", ES384: "P-384", ES512: "P-521" } as const;

/** A private key that signs with one algorithm, and what is published of it. */
export interface SigningKey {
  readonly alg: SigningAlgorithm;
  readonly kid: string | undefined;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  /** With `kid`, without `alg`. */
  readonly jwk: JWK;
}

type KeyPair = Pick<SigningKey, "privateKey" | "publicKey">;

/** Makes a key pair. */
export async function makeKey(
  alg: SigningAlgorithm,
  kid?: string,
  modulusLength = 2048,
): Promise<SigningKey> {
  const pair = (await crypto.subtle.generateKey(importParams(alg, modulusLength), true, [
    "sign",
    "verify",
  ])) as KeyPair;
  const jwk = { ...(await exportJWK(pair.publicKey)), ...(kid === undefined ? {} : { kid }) };
  return { alg, kid, ...pair, jwk };
}

/** The same RSA key, made to sign with another algorithm of its type. */
export async function withAlgorithm(key: SigningKey, alg: SigningAlgorithm): Promise<SigningKey> {
  const pkcs8 = await crypto.subtle.exportKey("pkcs8", key.privateKey);
  const params = importParams(alg, 2048);
  const privateKey = await crypto.subtle.importKey("pkcs8", pkcs8, params, true, ["sign"]);
  return { ...key, alg, privateKey };
}

/** A shared secret as a signing key. */
export async function hmacKey(
  alg: "HS256" | "HS384" | "HS512",
  secret: string | Uint8Array,
): Promise<Pick<SigningKey, "alg" | "kid" | "privateKey">> {
  const bytes = typeof secret === "string" ? utf8.encode(secret) : secret.slice();
  // WebCrypto takes no empty key; HMAC pads every key with zeros, so one zero is the same key.
  const material = bytes.length === 0 ? new Uint8Array(1) : bytes;
  const params = { name: "HMAC", hash: hashOf(alg) };
  const privateKey = await crypto.subtle.importKey("raw", material, params, false, ["sign"]);
  return { alg, kid: undefined, privateKey };
}

/** What a segment is made of: an object, or text or bytes to be taken as they are. */
export type SegmentContent = object | string | Uint8Array;

/** A base64url segment. */
export function segment(content: SegmentContent): string {
  if (content instanceof Uint8Array) return encodeBase64Url(content);
  return encodeBase64Url(
    utf8.encode(typeof content === "string" ? content : JSON.stringify(content)),
  );
}

/** A good token, apart from what is asked for. `header` is added to `alg` and `kid`. */
export function sign(
  key: Pick<SigningKey, "alg" | "kid" | "privateKey">,
  claims: object = {},
  header: object = {},
): Promise<string> {
  return signRaw(key, { alg: key.alg, kid: key.kid, ...header }, { ...goodClaims, ...claims });
}

/** Signs whatever stands in the segments, be it JSON or not. */
export async function signRaw(
  key: Pick<SigningKey, "alg" | "privateKey">,
  header: SegmentContent,
  payload: SegmentContent,
): Promise<string> {
  const input = `${segment(header)}.${segment(payload)}`;
  return `${input}.${await signature(key, input)}`;
}

/** The signature of a signing input, as a segment. */
export async function signature(
  { alg, privateKey }: Pick<SigningKey, "alg" | "privateKey">,
  input: string,
): Promise<string> {
  const bytes = await crypto.subtle.sign(signParams(alg), privateKey, utf8.encode(input));
  return encodeBase64Url(new Uint8Array(bytes));
}

/** A compact JWS as if it had been parsed, even where its payload is no JSON. */
export function inForm(text: string, alg: string): ParsedToken {
  const signature = decodeBase64Url(text.slice(text.lastIndexOf(".") + 1)) ?? new Uint8Array();
  return { text, header: { alg, kid: undefined, typ: undefined }, claims: {}, signature };
}

/** `"accepted"`, or the reason for which a verifier refuses a token. Any other error is thrown. */
export async function outcomeOf(verifier: JwtVerifier, token: string): Promise<string> {
  try {
    await verifier.verify(token);
    return "accepted";
  } catch (error) {
    if (error instanceof TokenError) return error.reason;
    throw error;
  }
}

function hashOf(alg: string): string {
  return hashes[alg.slice(2) as keyof typeof hashes];
}

function importParams(alg: SigningAlgorithm, modulusLength: number) {
  if (alg in curves) {
    return { name: "ECDSA", namedCurve: curves[alg as keyof typeof curves] };
  }
  if (alg === "EdDSA" || alg === "Ed25519") return { name: "Ed25519" };
  const name = alg.startsWith("PS") ? "RSA-PSS" : "RSASSA-PKCS1-v1_5";
  const publicExponent = new Uint8Array([1, 0, 1]);
  return { name, modulusLength, publicExponent, hash: hashOf(alg) };
}

function signParams(alg: SigningAlgorithm) {
  if (alg.startsWith("ES")) return { name: "ECDSA", hash: hashOf(alg) };
  if (alg.startsWith("PS")) return { name: "RSA-PSS", saltLength: Number(alg.slice(2)) / 8 };
  if (alg.startsWith("RS")) return { name: "RSASSA-PKCS1-v1_5" };
  return { name: alg.startsWith("HS") ? "HMAC" : "Ed25519" };
}
