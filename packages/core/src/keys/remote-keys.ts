import { keysUnavailable } from "../guard/outages.ts";
import { type Unavailable, unavailable } from "../guard/verdict.ts";
import type { MaybePromise } from "../wire/maybe-promise.ts";
import type { SigningAlgorithm } from "./algorithms.ts";
import { type KeySource, keyFinder, type WantedKey } from "./key-source.ts";
import {
  type JsonWebKeySet,
  toVerificationKeys,
  type VerificationKey,
} from "./verification-key.ts";
import { withinDeadline } from "./within-deadline.ts";

/** How long fetched keys serve, in seconds. */
export interface KeyLifetime {
  /** From when on they are fetched anew in the background. Default 600 (10 minutes). */
  readonly refreshAfter?: number;
  /** From when on they are not used any more, however long the issuer is down. Default 3600. */
  readonly maxAge?: number;
}

/** Fetches a whole key set; called again and again over the life of the process. */
export type LoadKeys = (signal: AbortSignal) => MaybePromise<JsonWebKeySet>;

const second = 1000;
/** For so long after a fetch, a key that was not in it is held to not exist. */
const cooldown = 30_000;
const longestBackoff = 60_000;
const longestFetch = 5_000;

/**
 * Keys that live elsewhere. One fetch at a time; none for an unknown `kid` within the cooldown of a
 * good fetch, nor within the backoff of a bad one; stale keys serve while the issuer is down, until
 * they are dead.
 */
export function remoteKeys(
  load: LoadKeys,
  configured: readonly SigningAlgorithm[] | undefined,
  { refreshAfter = 600, maxAge = 3600 }: KeyLifetime = {},
): KeySource {
  let keys: readonly VerificationKey[] = [];
  let findKey = keyFinder(keys);
  let fetchedAt = Number.NEGATIVE_INFINITY;
  let failures = 0;
  let failure: unknown;
  let retryAt = Number.NEGATIVE_INFINITY;
  let flight: Promise<void> | undefined;

  const fetchKeys = async (now: number): Promise<void> => {
    try {
      const set = await withinDeadline(longestFetch, load);
      const usable = toVerificationKeys(set, configured);
      if (usable.length === 0)
        throw new Error("The key set holds no key to verify signatures with");
      // A key that stays is the same as before, with all that hangs on it.
      const known = new Map(keys.map((key) => [key.identity, key]));
      keys = usable.map((key) => known.get(key.identity) ?? key);
      findKey = keyFinder(keys);
      fetchedAt = now;
      failures = 0;
    } catch (error) {
      failure = error;
      retryAt = now + Math.min(longestBackoff, second * 2 ** failures);
      failures += 1;
    } finally {
      flight = undefined;
    }
  };

  const refresh = (now: number): Promise<void> => {
    flight ??= fetchKeys(now);
    return flight;
  };

  const down = (now: number): Unavailable =>
    unavailable(keysUnavailable, {
      retryAfter: Math.max(1, Math.ceil((retryAt - now) / second)),
      cause: failure,
    });

  const findNow = (wanted: WantedKey, now: number): VerificationKey | undefined =>
    now - fetchedAt < maxAge * second ? findKey(wanted) : undefined;

  const findAfterRefresh = async (wanted: WantedKey, now: number) => {
    await refresh(now);
    return findNow(wanted, now) ?? (failures > 0 ? down(now) : undefined);
  };

  return {
    find(wanted, now) {
      const key = findNow(wanted, now);
      const age = now - fetchedAt;
      const backingOff = failures > 0 && now < retryAt;
      if (key !== undefined) {
        if (age >= refreshAfter * second && !backingOff) void refresh(now);
        return key;
      }
      if (backingOff) return down(now);
      if (age < cooldown && failures === 0) return undefined;
      return findAfterRefresh(wanted, now);
    },
    async warm(now) {
      await refresh(now);
      if (failures > 0) throw failure;
    },
  };
}
