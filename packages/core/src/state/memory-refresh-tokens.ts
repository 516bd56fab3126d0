import { type Clock, toSeconds } from "../wire/clock.ts";
import type { RefreshTokenRecord, RefreshTokenStore } from "./refresh-tokens.ts";

/**
 * How {@link createMemoryRefreshTokens} keeps its tokens.
 *
 * @example
 * const options: MemoryRefreshTokensOptions = { limit: 10_000 };
 */
export interface MemoryRefreshTokensOptions {
  /** How many tokens, used ones included, are kept at most; 1 000 000 by default. */
  readonly limit?: number;
  /** Tells which tokens have expired and may be swept; `Date` by default. */
  readonly clock?: Clock;
}

interface Kept {
  readonly record: RefreshTokenRecord;
  /** The hash of the token this one was given for. */
  readonly predecessor?: string;
  used?: {
    readonly replayUntil: number;
    /** Dropped once the successor is used: nobody may have the answer again. */
    sealedAnswer: string | undefined;
  };
}

/** Expired tokens are looked for this often, in seconds, or as soon as the store is full. */
const sweepInterval = 60;

/**
 * Refresh tokens in this process's memory: for tests, and for one process whose users may be asked
 * to log in again after a restart.
 *
 * Used tokens stay until they expire, since only so a stolen one is recognised. A login refreshed
 * every five minutes, day and night, leaves 4000 of them in a fortnight. Nothing is evicted earlier:
 * a full store throws, and the issuer answers 503.
 *
 * @example
 * const store = createMemoryRefreshTokens({ limit: 10_000 });
 */
export function createMemoryRefreshTokens(
  options: MemoryRefreshTokensOptions = {},
): RefreshTokenStore {
  const { limit = 1_000_000, clock = Date } = options;
  const tokens = new Map<string, Kept>();
  const families = new Map<string, Set<string>>();
  // No token expires before `earliest`, so that a full store costs no search on each request.
  let earliest = Number.POSITIVE_INFINITY;
  let sweptAt = toSeconds(clock.now());

  function keep(kept: Kept): void {
    const { hash, family, expiresAt } = kept.record;
    makeRoom();
    tokens.set(hash, kept);
    const members = families.get(family);
    if (members) members.add(hash);
    else families.set(family, new Set([hash]));
    earliest = Math.min(earliest, expiresAt);
  }

  function makeRoom(): void {
    const now = toSeconds(clock.now());
    const full = tokens.size >= limit;
    if (now >= earliest && (full || now >= sweptAt + sweepInterval)) sweep(now);
    if (tokens.size >= limit) {
      throw new Error(`The store of refresh tokens is full: it holds its limit of ${limit}.`);
    }
  }

  function sweep(now: number): void {
    sweptAt = now;
    earliest = Number.POSITIVE_INFINITY;
    for (const { record } of tokens.values()) {
      if (record.expiresAt > now) earliest = Math.min(earliest, record.expiresAt);
      else forget(record);
    }
  }

  function forget({ hash, family }: RefreshTokenRecord): void {
    tokens.delete(hash);
    const members = families.get(family);
    members?.delete(hash);
    if (members?.size === 0) families.delete(family);
  }

  function revokeFamily(family: string): void {
    for (const hash of families.get(family) ?? []) tokens.delete(hash);
    families.delete(family);
  }

  return {
    start(record) {
      keep({ record });
    },

    find(hash) {
      const kept = tokens.get(hash);
      return kept && { ...kept.record, isUsed: kept.used !== undefined };
    },

    rotate({ presented, successor, sealedAnswer, replayUntil, now }) {
      const kept = tokens.get(presented);
      if (!kept || kept.record.expiresAt <= now) return { kind: "gone" };
      if (!kept.used) {
        // First the step that may fail, so that a full store leaves the presented token usable.
        keep({ record: successor, predecessor: presented });
        kept.used = { replayUntil, sealedAnswer };
        const before = kept.predecessor === undefined ? undefined : tokens.get(kept.predecessor);
        if (before?.used) before.used.sealedAnswer = undefined;
        return { kind: "rotated" };
      }
      if (kept.used.sealedAnswer !== undefined && now < kept.used.replayUntil) {
        return { kind: "replayed", sealedAnswer: kept.used.sealedAnswer };
      }
      const { family } = kept.record;
      revokeFamily(family);
      return { kind: "reused", family };
    },

    families(subject) {
      const mine = [...tokens.values()].filter(({ record }) => record.grant.subject === subject);
      return [...new Set(mine.map(({ record }) => record.family))];
    },

    revokeFamily,

    revokeSubject(subject) {
      for (const { record } of tokens.values()) {
        if (record.grant.subject === subject) forget(record);
      }
    },
  };
}
