import { type Clock, toSeconds } from "../wire/clock.ts";
import { after, type MaybePromise } from "../wire/maybe-promise.ts";

/**
 * Remembers what may be used once: the proofs, nonces and timestamps that have been used already.
 *
 * @example
 * const replays: ReplayStore = createMemoryReplays();
 * await replays.reserve("dpop:NzbLsXh8uDCcd", 1_700_000_060); // true
 * await replays.reserve("dpop:NzbLsXh8uDCcd", 1_700_000_060); // false: it has been used
 */
export interface ReplayStore {
  /**
   * Takes a key, in one atomic step: of any number of callers at once, one is told `true`. `false`
   * says that it was taken; so does a store for which `expiresAt` has passed already, since it could
   * not keep the promise. A store that cannot answer, or is full, throws, and the guard answers 503.
   *
   * @param key printable ASCII of 256 characters at most, compared exactly; it begins with the name
   * of what it is for, so that several schemes can share a store
   * @param expiresAt seconds since the epoch; before then the key is not free again
   */
  reserve(key: string, expiresAt: number): MaybePromise<boolean>;
  /**
   * Whether a key is taken, and takes it not: for explanations. Without this they hold every use for the
   * first.
   */
  isTaken?(key: string): MaybePromise<boolean>;
}

/** Takes a key, or in a rehearsal only looks whether it could be taken. */
export function takeOnce(
  store: ReplayStore,
  key: string,
  expiresAt: number,
  isRehearsal: boolean,
): MaybePromise<boolean> {
  if (!isRehearsal) return store.reserve(key, expiresAt);
  return after(store.isTaken?.(key) ?? false, (isTaken) => !isTaken);
}

/**
 * How {@link createMemoryReplays} keeps its keys.
 *
 * @example
 * const options: MemoryReplaysOptions = { limit: 10_000 };
 */
export interface MemoryReplaysOptions {
  /** How many keys are kept at most; 1 000 000 by default. */
  readonly limit?: number;
  /** Tells which keys have expired; `Date` by default. Give it the guard's own. */
  readonly clock?: Clock;
}

/**
 * Used keys in this process's memory: for one process. Where several serve one API, a proof used at
 * one of them could be used again at another: share a store instead.
 *
 * Nothing is forgotten before it expires: a full store throws, and the guard answers 503.
 *
 * @example
 * const replays = createMemoryReplays({ limit: 10_000 });
 */
export function createMemoryReplays(options: MemoryReplaysOptions = {}): ReplayStore {
  const { limit = 1_000_000, clock = Date } = options;
  const taken = new Set<string>();
  // By the second in which they expire, so that no request pays for a search through all of them.
  const expiring = new Map<number, string[]>();
  let sweptAt = Number.NEGATIVE_INFINITY;

  function sweep(now: number): void {
    sweptAt = now;
    for (const [expiresAt, keys] of expiring) {
      if (expiresAt > now) continue;
      for (const key of keys) taken.delete(key);
      expiring.delete(expiresAt);
    }
  }

  return {
    reserve(key, expiresAt) {
      const now = toSeconds(clock.now());
      if (now !== sweptAt) sweep(now);
      const until = Math.ceil(expiresAt);
      if (!(until > now) || taken.has(key)) return false;
      if (taken.size >= limit) {
        throw new Error(`The store of used keys is full: it holds its limit of ${limit}.`);
      }
      taken.add(key);
      const others = expiring.get(until);
      if (others) others.push(key);
      else expiring.set(until, [key]);
      return true;
    },
    isTaken(key) {
      const now = toSeconds(clock.now());
      if (now !== sweptAt) sweep(now);
      return taken.has(key);
    },
  };
}
