import type { Unavailable } from "../guard/verdict.ts";
import type { MaybePromise } from "../wire/maybe-promise.ts";
import type { VerificationKey } from "./verification-key.ts";

/** What a token's header says of its key. */
export interface WantedKey {
  readonly kid: string | undefined;
  readonly alg: string;
}

/** A place that keys come from. */
export interface KeySource {
  /**
   * The key for a token: one, or `undefined` when there is none, or unavailable when that cannot be
   * told now.
   *
   * @param now milliseconds since the epoch
   */
  find(wanted: WantedKey, now: number): MaybePromise<VerificationKey | Unavailable | undefined>;
  /** Fetches what can be fetched before the first request. */
  warm(now: number): Promise<void>;
}

/**
 * Finds the one key of a set that fits. A token without a `kid` is taken only where no choice is left:
 * to try keys one by one is to let callers buy many verifications with one token.
 */
export function keyFinder(
  keys: readonly VerificationKey[],
): (wanted: WantedKey) => VerificationKey | undefined {
  // By algorithm, then by kid, and by none; `undefined` where there is a choice.
  const byAlgorithm = new Map<string, Map<string | undefined, VerificationKey | undefined>>();
  for (const key of keys) {
    for (const alg of key.algorithms) {
      const byKid = byAlgorithm.get(alg) ?? new Map();
      byAlgorithm.set(alg, byKid);
      for (const kid of new Set([key.kid, undefined])) {
        byKid.set(kid, byKid.has(kid) ? undefined : key);
      }
    }
  }
  // Tokens of one key share one header, most often: what was wanted last is wanted again.
  let last: WantedKey | undefined;
  let key: VerificationKey | undefined;
  return (wanted) => {
    if (wanted !== last) {
      key = byAlgorithm.get(wanted.alg)?.get(wanted.kid);
      last = wanted;
    }
    return key;
  };
}

/** A source of keys that never change. */
export function fixedKeys(keys: readonly VerificationKey[]): KeySource {
  return { find: keyFinder(keys), warm: async () => {} };
}

/** The same, of a secret or a public key that was configured by itself: without a `kid`, it serves any. */
export function keyForAnyKid(key: VerificationKey): KeySource {
  return {
    find: ({ alg, kid = key.kid }) =>
      key.algorithms.has(alg) && (key.kid ?? kid) === kid ? key : undefined,
    warm: async () => {},
  };
}
