import type { MaybePromise } from "@countersign/core/wire";
import type { CryptoKey } from "jose";

/**
 * A public signing key (RFC 7517): only members that anyone may see.
 *
 * @example
 * const key: PublicKey = { kid: "2026-01", alg: "ES256", use: "sig", kty: "EC", crv: "P-256", x, y };
 */
export interface PublicKey {
  readonly kid: string;
  readonly alg: string;
  readonly use: "sig";
  readonly kty: string;
  readonly crv?: string;
  readonly x?: string;
  readonly y?: string;
  readonly n?: string;
  readonly e?: string;
}

/**
 * What signs an access token.
 *
 * @example
 * const key: SigningKey = { kid: "2026-01", algorithm: "ES256", privateKey };
 */
export interface SigningKey {
  readonly kid: string;
  /** The JWS `alg`. */
  readonly algorithm: string;
  /** Need not be extractable. */
  readonly privateKey: CryptoKey;
}

/**
 * Where an issuer gets its keys. Write one to keep them in a database or a key management service.
 *
 * @example
 * const keys: KeyRing = { current: () => loadSigningKey(), published: () => loadPublicKeys() };
 */
export interface KeyRing {
  /** The key that signs now. */
  current(): MaybePromise<SigningKey>;
  /** Every key that a valid token may be signed with, and those soon to sign. */
  published(): MaybePromise<readonly PublicKey[]>;
  /**
   * Seconds for which a key stays published after its last signature: an issuer whose tokens live
   * longer is refused at start. Absent: not known.
   */
  readonly retention?: number;
}
