import { type Clock, toSeconds } from "../wire/clock.ts";
import type { MaybePromise } from "../wire/maybe-promise.ts";

/**
 * Remembers which tokens and logins have been revoked, until the tokens would have expired anyway.
 *
 * @example
 * const revocations: RevocationStore = createMemoryRevocations();
 * await revocations.revoke(await revocationKey({ issuer, sid }), 1_700_003_600);
 */
export interface RevocationStore {
  /**
   * Keeps a key; one that is kept already, until the later of the two times. A store that cannot, or is
   * full, throws: what is not kept is not revoked.
   *
   * @param key printable ASCII of 320 characters at most, compared exactly; it begins with the name of
   * what it is for
   * @param expiresAt seconds since the epoch; before then the key is not forgotten
   */
  revoke(key: string, expiresAt: number): MaybePromise<void>;
  /** Whether any of these keys is kept, in one step. A store that cannot tell throws: the guard answers 503. */
  isRevoked(keys: readonly string[]): MaybePromise<boolean>;
}

/**
 * How {@link createMemoryRevocations} keeps its keys.
 *
 * @example
 * const options: MemoryRevocationsOptions = { limit: 10_000 };
 */
export interface MemoryRevocationsOptions {
  /** How many keys are kept at most; 1 000 000 by default. */
  readonly limit?: number;
  /** Tells which keys have expired; `Date` by default. Give it the guard's own. */
  readonly clock?: Clock;
}

/** Expired keys are looked for this often, in seconds, or as soon as the store is full. */
const sweepInterval = 60;

/**
 * Revocations in this process's memory: for one process, whose tokens may live on after a restart.
 * Where several serve one API, share a store instead.
 *
 * Nothing is forgotten before it expires: a full store throws, and whoever revokes learns of it.
 *
 * @example
 * const revocations = createMemoryRevocations({ limit: 10_000 });
 */
export function createMemoryRevocations(options: MemoryRevocationsOptions = {}): RevocationStore {
  const { limit = 1_000_000, clock = Date } = options;
  const kept = new Map<string, number>();
  // None expires before `earliest`, so that a full store costs no search on each call.
  let earliest = Number.POSITIVE_INFINITY;
  let sweptAt = toSeconds(clock.now());

  function sweep(now: number): void {
    sweptAt = now;
    earliest = Number.POSITIVE_INFINITY;
    for (const [key, expiresAt] of kept) {
      if (expiresAt <= now) kept.delete(key);
      else earliest = Math.min(earliest, expiresAt);
    }
  }

  return {
    revoke(key, expiresAt) {
      if (Number.isNaN(expiresAt)) throw new Error("A revocation needs a time at which it ends.");
      const now = toSeconds(clock.now());
      const isFull = kept.size >= limit;
      if (now >= earliest && (isFull || now >= sweptAt + sweepInterval)) sweep(now);
      const known = kept.get(key);
      if (known === undefined && kept.size >= limit) {
        throw new Error(`The store of revocations is full: it holds its limit of ${limit}.`);
      }
      const until = Math.max(known ?? Number.NEGATIVE_INFINITY, expiresAt);
      kept.set(key, until);
      earliest = Math.min(earliest, until);
    },
    isRevoked: (keys) => keys.some((key) => kept.has(key)),
  };
}
