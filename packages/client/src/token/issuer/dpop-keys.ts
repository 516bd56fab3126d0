import { createDpopProof, type DpopKeyPair, requireThat } from "@countersign/core/wire";
import type { IssuerFetch } from "./issuer-fetch.ts";

/**
 * Binds tokens to keys (RFC 9449 §5). {@link dpopKeys} makes one; what it does is between it and the
 * sources of tokens.
 *
 * @example
 * const keys: DpopKeys = dpopKeys();
 */
export interface DpopKeys {
  /**
   * The key for a source, or for a login.
   *
   * @param kept whether it will be in a record of a store, and has to be extractable for that
   */
  obtain(kept: boolean): Promise<DpopKeyPair>;
  /** Sends requests with a proof, and with the nonce that their server gave last (RFC 9449 §8). */
  proving(key: DpopKeyPair, send: IssuerFetch, now: () => number): IssuerFetch;
  /** A key as text for a record; nothing for a key that its owner keeps. */
  save(key: DpopKeyPair): Promise<string | undefined>;
  /** The key of a record. */
  load(saved: string | undefined): Promise<DpopKeyPair>;
}

/** A key of one's own. */
export interface DpopKeysOptions {
  /**
   * For every token: ECDSA or Ed25519, the public key extractable, the private one need not be. It is
   * yours to keep: records do not hold it.
   */
  readonly keyPair?: DpopKeyPair;
}

const es256 = { name: "ECDSA", namedCurve: "P-256" };

/**
 * Tokens bound to a key, so that a stolen one is worth nothing (RFC 9449). A key is made for each
 * source, ES256, not extractable. Where a source has a store, each login gets a key that is extractable
 * and kept in clear beside its tokens: then the store holds all that a thief needs. Pass a key pair
 * where that must not be.
 *
 * @throws ConfigurationError when the public key is not extractable: servers have to see it
 * @example
 * const source = clientCredentials({ issuer, clientId, clientSecret, dpop: dpopKeys() });
 * createAuthFetch({ origins: ["https://api.example.com"], credential: dpop(source) });
 */
export function dpopKeys({ keyPair }: DpopKeysOptions = {}): DpopKeys {
  requireThat(
    !keyPair || keyPair.publicKey.extractable,
    "dpopKeys: the public key must be extractable: servers have to see it.",
  );
  const nonces = new Map<string, string>();
  return Object.freeze<DpopKeys>({
    async obtain(kept) {
      return keyPair ?? ((await crypto.subtle.generateKey(es256, kept, ["sign"])) as DpopKeyPair);
    },
    proving: (key, send, now) => async (url, request) => {
      const { origin } = new URL(url);
      const nonce = nonces.get(origin);
      const proof = { key, method: request.method, url, now: now(), ...(nonce && { nonce }) };
      const dpop = await createDpopProof(proof);
      const response = await send(url, { ...request, headers: { ...request.headers, dpop } });
      const next = response.headers.get("dpop-nonce");
      if (next) nonces.set(origin, next);
      return response;
    },
    async save({ privateKey }) {
      if (keyPair) return undefined;
      const { kty, crv, x, y, d } = await crypto.subtle.exportKey("jwk", privateKey);
      return JSON.stringify({ kty, crv, x, y, d });
    },
    async load(saved) {
      if (keyPair) return keyPair;
      const { d, ...jwk } = JSON.parse(saved ?? "{}");
      const [privateKey, publicKey] = await Promise.all([
        crypto.subtle.importKey("jwk", { ...jwk, d }, es256, true, ["sign"]),
        crypto.subtle.importKey("jwk", jwk, es256, true, ["verify"]),
      ]);
      return { privateKey, publicKey };
    },
  });
}
