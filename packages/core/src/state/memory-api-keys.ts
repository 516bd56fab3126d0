import { type Clock, toSeconds } from "../wire/clock.ts";
import { ConfigurationError } from "../wire/configuration-error.ts";
import type { ApiKeyRecord, ApiKeyRegistry } from "./api-keys.ts";

/**
 * How {@link createMemoryApiKeys} keeps its keys.
 *
 * @example
 * const options: MemoryApiKeysOptions = { limit: 10_000 };
 */
export interface MemoryApiKeysOptions {
  /** How many keys are kept at most; 1 000 000 by default. */
  readonly limit?: number;
  /** Tells which keys have expired and make room in a full store; `Date` by default. */
  readonly clock?: Clock;
}

interface Kept {
  record: ApiKeyRecord;
  isReplaced: boolean;
  lastUsedAt?: number;
}

/**
 * API keys in this process's memory: out of a list, such as a configuration file, or made and revoked
 * while it runs, and then forgotten at its end.
 *
 * @throws ConfigurationError when two records have one id, or there are more than the limit
 * @example
 * const keys = createMemoryApiKeys([{ id, hash, subject: "billing", scopes: ["orders:read"] }]);
 */
export function createMemoryApiKeys(
  records: readonly ApiKeyRecord[],
  options: MemoryApiKeysOptions = {},
): ApiKeyRegistry {
  const { limit = 1_000_000, clock = Date } = options;
  const byId = new Map<string, Kept>();
  const byHash = new Map<string, Kept>();
  // None expires before `earliest`, so that a full store costs no search on each call.
  let earliest = Number.POSITIVE_INFINITY;

  function keep(record: ApiKeyRecord): void {
    const kept = { record, isReplaced: false };
    byId.set(record.id, kept);
    byHash.set(record.hash, kept);
    earliest = Math.min(earliest, record.expiresAt ?? earliest);
  }

  function drop({ id, hash }: ApiKeyRecord): void {
    const kept = byId.get(id);
    byId.delete(id);
    if (byHash.get(hash) === kept) byHash.delete(hash);
  }

  function add(record: ApiKeyRecord): void {
    if (byId.has(record.id)) throw new Error(`There is an API key with the id "${record.id}".`);
    if (byId.size >= limit) sweep();
    if (byId.size >= limit) {
      throw new Error(`The store of API keys is full: it holds its limit of ${limit}.`);
    }
    keep({ ...record });
  }

  function sweep(): void {
    const now = toSeconds(clock.now());
    if (now < earliest) return;
    earliest = Number.POSITIVE_INFINITY;
    for (const { record } of [...byId.values()]) {
      const { expiresAt = Number.POSITIVE_INFINITY } = record;
      if (expiresAt <= now) drop(record);
      else earliest = Math.min(earliest, expiresAt);
    }
  }

  for (const record of records) keep(record);
  if (byId.size < records.length) {
    throw new ConfigurationError("Two API keys have the same id; give each an id of its own.");
  }
  if (byId.size > limit) {
    throw new ConfigurationError(`There are ${byId.size} API keys, over the limit of ${limit}.`);
  }

  return {
    find: ({ id, hash }) => (id === undefined ? byHash.get(hash) : byId.get(id))?.record,
    touch(id, at) {
      const kept = byId.get(id);
      if (kept) kept.lastUsedAt = Math.max(at, kept.lastUsedAt ?? at);
    },
    add,
    list(subject) {
      return [...byId.values()]
        .filter(({ record }) => record.subject === subject)
        .sort((a, b) => (a.record.id < b.record.id ? -1 : 1))
        .map(({ record: { hash, ...entry }, lastUsedAt }) => ({
          ...entry,
          ...(lastUsedAt !== undefined && { lastUsedAt }),
        }));
    },
    replace(id, successor, expiresAt) {
      const old = byId.get(id);
      if (!old || old.isReplaced) return false;
      // First the step that may fail, so that a full store leaves the old key as it was.
      add(successor);
      old.isReplaced = true;
      const until = Math.min(expiresAt, old.record.expiresAt ?? expiresAt);
      old.record = { ...old.record, expiresAt: until };
      earliest = Math.min(earliest, until);
      return true;
    },
    remove(id) {
      const kept = byId.get(id);
      if (kept) drop(kept.record);
      return kept !== undefined;
    },
  };
}
