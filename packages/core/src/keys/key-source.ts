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
 * The one key of a set that fits. A token without a `kid` is taken only where no choice is left: to
 * try keys one by one is to let callers buy many verifications with one token.
 */
export function selectKey(
  keys: readonly VerificationKey[],
  { kid, alg }: WantedKey,
): VerificationKey | undefined {
  const fitting = keys.filter(
    (key) => key.algorithms.has(alg) && (kid === undefined || key.kid === kid),
  );
  return fitting.length === 1 ? fitting[0] : undefined;
}

/** A source of keys that never change. */
export function fixedKeys(keys: readonly VerificationKey[]): KeySource {
  return { find: (wanted) => selectKey(keys, wanted), warm: async () => {} };
}

/** The same, of a secret or a public key that was configured by itself: without a `kid`, it serves any. */
export function keysForAnyKid(keys: readonly VerificationKey[]): KeySource {
  const find = (wanted: WantedKey) =>
    selectKey(
      keys.map((key) => ({ ...key, kid: key.kid ?? wanted.kid })),
      wanted,
    );
  return { find, warm: async () => {} };
}
