import { sha256 as digest, fingerprint as toFingerprint } from "#bytes";
import type { MaybePromise } from "./maybe-promise.ts";

/**
 * SHA-256 of a text's UTF-8 bytes, in base64url: how secrets are kept and looked up. At once on Node,
 * and later where WebCrypto alone can tell.
 */
export const sha256: (text: string) => MaybePromise<string> = digest;

/** The same in whatever form is made fastest: a key for what is remembered in this process alone. */
export const fingerprint: (text: string) => MaybePromise<string> = toFingerprint;
