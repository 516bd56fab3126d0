import type { JWK } from "jose";
import type { Secret } from "../wire/secret.ts";
import type { SigningAlgorithm } from "./algorithms.ts";
import type { Fetch } from "./fetch-json.ts";
import type { KeyLifetime, LoadKeys } from "./remote-keys.ts";
import type { JsonWebKeySet } from "./verification-key.ts";

/** Where the issuer's keys come from: one of these, or, with none, by discovery. */
export type KeyOptions = {
  /** A key set, where to fetch it, or a function that loads it. */
  readonly jwks?: JsonWebKeySet | string | URL | LoadKeys;
  /** One public key. Of a key in PEM, `readPem` makes one. */
  readonly publicKey?: JWK;
  /** A secret shared with the issuer, for HMAC: 32 random bytes at least. */
  readonly secret?: string | Uint8Array | Secret;
  /** What keys are fetched with. Default: the global `fetch`. */
  readonly fetch?: Fetch;
  /**
   * The algorithms that its tokens may be signed with. Default: what its keys fix. PS256, PS384, PS512,
   * RS384 and RS512 count only when they are listed here or named by the key.
   */
  readonly algorithms?: readonly SigningAlgorithm[];
  /** How long fetched keys serve. */
  readonly keyLifetime?: KeyLifetime;
};
