import type { MaybePromise } from "../wire/maybe-promise.ts";

/** What a store keeps of one API key. The key itself is not in it. */
export interface ApiKeyRecord {
  /** Names the key in lists and logs; in a key of our format its second part. */
  readonly id: string;
  /** SHA-256, in base64url, of the key's secret part, or of the whole key when it has no parts. */
  readonly hash: string;
  /** Whom the key stands for. */
  readonly subject: string;
  readonly scopes?: readonly string[];
  readonly roles?: readonly string[];
  readonly permissions?: readonly string[];
  /** Seconds since the epoch; absent when nobody knows. */
  readonly createdAt?: number;
  /** Seconds since the epoch from which on the key is refused; absent: never. */
  readonly expiresAt?: number;
}

/** Where the guard looks API keys up. */
export interface ApiKeyStore {
  /**
   * The record of a key, by its `id` alone when it has one and by `hash` otherwise. The guard compares
   * the hashes itself, in constant time.
   */
  find(query: {
    readonly id?: string | undefined;
    readonly hash: string;
  }): MaybePromise<ApiKeyRecord | undefined>;
  /**
   * Notes when a key was last used, in seconds since the epoch. The guard calls it at most once a
   * minute for each key, and does not wait for it.
   */
  touch?(id: string, at: number): MaybePromise<void>;
}

/**
 * An API key as its owner sees it in a list: everything but the hash.
 *
 * @example
 * const isUnused = (entry: ApiKeyEntry) => entry.lastUsedAt === undefined;
 */
export interface ApiKeyEntry extends Omit<ApiKeyRecord, "hash"> {
  /** The latest `touch`, in seconds since the epoch, to the minute; absent: never used. */
  readonly lastUsedAt?: number;
}

/**
 * Where an issuer keeps the API keys it makes: what a guard looks up, and the changes to it.
 *
 * @example
 * const registry: ApiKeyRegistry = createMemoryApiKeys([]);
 * await registry.remove("k1"); // false: there was no such key
 */
export interface ApiKeyRegistry extends ApiKeyStore {
  /** Keeps a new key. Throws when the id is taken: nothing is overwritten. */
  add(record: ApiKeyRecord): MaybePromise<void>;
  /**
   * The keys of a subject, expired ones too until they are swept, by their ids in ascending order of
   * characters ("B" before "a").
   */
  list(subject: string): MaybePromise<readonly ApiKeyEntry[]>;
  /**
   * Keeps a successor and lets the old key expire at `expiresAt`, or earlier if it would have anyway, in
   * one atomic step. `false` says that there is no such key, or that it has been replaced already, and
   * that nothing was changed. Throws when the successor's id is taken.
   */
  replace(id: string, successor: ApiKeyRecord, expiresAt: number): MaybePromise<boolean>;
  /** Ends a key at once. `false` says that there is none. */
  remove(id: string): MaybePromise<boolean>;
}
