import type { JWK } from "jose";
import type { MaybePromise } from "../wire/maybe-promise.ts";

/** What verifies signatures: the public members of a JWK, or the bytes of a secret. */
export type KeyMaterial = JWK | Uint8Array<ArrayBuffer>;

/** A compact JWS that is well-formed (RFC 7515 §7.1). */
export interface Signed {
  readonly text: string;
  /** The bytes that its last segment stands for. */
  readonly signature: Uint8Array;
}

/**
 * Whether a signature holds with this algorithm under the one key that it was made for. It fits the
 * algorithm to the key by itself, and whatever goes wrong is a no.
 */
export type SignatureCheck = (signed: Signed, alg: string) => MaybePromise<boolean>;
