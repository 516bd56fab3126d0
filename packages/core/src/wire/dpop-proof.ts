import type { CryptoKey } from "jose";
import { encodeBase64Url } from "./base64url.ts";
import { toSeconds } from "./clock.ts";
import { ConfigurationError } from "./configuration-error.ts";
import { toDpopTarget } from "./dpop-target.ts";
import type { PublicJwk } from "./jwk-thumbprint.ts";
import { sha256 } from "./sha256.ts";

const utf8 = /* @__PURE__ */ new TextEncoder();

/** A WebCrypto key pair: ECDSA (P-256, P-384, P-521) or Ed25519, its public key extractable. */
export interface DpopKeyPair {
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

/** What a proof is made for. */
export interface DpopProofOptions {
  readonly key: DpopKeyPair;
  readonly method: string;
  /** The URL of the request; its query and fragment do not matter. */
  readonly url: string;
  /** The access token that goes along; absent at a token endpoint. */
  readonly token?: string;
  /** The nonce that the server asked for. */
  readonly nonce?: string;
  /** Milliseconds since the epoch. Default: now. */
  readonly now?: number;
}

/**
 * The value of a `DPoP` field: a proof, good for one request, that its sender holds the key
 * (RFC 9449 §4.2).
 *
 * @throws ConfigurationError when the key is of another kind, or the URL is none
 * @example
 * const key = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]);
 * const proof = await createDpopProof({ key, method: "GET", url: "https://api.example.com/orders", token });
 */
export async function createDpopProof(options: DpopProofOptions): Promise<string> {
  const { key, method, url, token, nonce, now = Date.now() } = options;
  const htu = toDpopTarget(url);
  if (htu === undefined) throw new ConfigurationError("A DPoP proof is made for an absolute URL.");
  const { alg, params } = signingOf(key.privateKey);
  const header = { typ: "dpop+jwt", alg, jwk: await exportPublicJwk(key.publicKey) };
  const claims = {
    jti: crypto.randomUUID(),
    htm: method,
    htu,
    iat: toSeconds(now),
    ...(token !== undefined && { ath: await sha256(token) }),
    ...(nonce !== undefined && { nonce }),
  };
  const input = `${segment(header)}.${segment(claims)}`;
  const signature = await crypto.subtle.sign(params, key.privateKey, utf8.encode(input));
  return `${input}.${encodeBase64Url(new Uint8Array(signature))}`;
}

/** By the key's curve: how its signatures are called (RFC 7518 §3.4, RFC 9864 §2.2) and made. */
const signings = new Map([
  ["P-256", { alg: "ES256", params: { name: "ECDSA", hash: "SHA-256" } }],
  ["P-384", { alg: "ES384", params: { name: "ECDSA", hash: "SHA-384" } }],
  ["P-521", { alg: "ES512", params: { name: "ECDSA", hash: "SHA-512" } }],
  ["Ed25519", { alg: "Ed25519", params: { name: "Ed25519", hash: "" } }],
]);

function signingOf({ algorithm }: CryptoKey) {
  const name = "namedCurve" in algorithm ? String(algorithm.namedCurve) : algorithm.name;
  const signing = signings.get(name);
  if (signing !== undefined) return signing;
  throw new ConfigurationError(
    `A DPoP key is an ECDSA or an Ed25519 key, and this one is ${name}. Make one: crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]).`,
  );
}

/** Without `key_ops` and `ext`, which say nothing to the other side. */
async function exportPublicJwk(key: CryptoKey): Promise<PublicJwk> {
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", key);
  return { kty, crv, x, ...(y !== undefined && { y }) } as PublicJwk;
}

function segment(content: object): string {
  return encodeBase64Url(utf8.encode(JSON.stringify(content)));
}
