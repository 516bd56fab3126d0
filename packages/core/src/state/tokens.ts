import type { MaybePromise } from "../wire/maybe-promise.ts";

/**
 * Where a client keeps the tokens it must not lose: a refresh token that rotates is worthless once its
 * successor is lost. The values are the client's own text; a store neither reads nor changes them.
 *
 * @example
 * const store: TokenStore = createMemoryTokens();
 */
export interface TokenStore {
  read(key: string): MaybePromise<string | undefined>;
  /**
   * Puts a value in the place of the old one, in one step, and answers when it is durable: whatever
   * dies meanwhile, a reader sees the old value or the new one, whole.
   */
  write(key: string, value: string): MaybePromise<void>;
  remove(key: string): MaybePromise<void>;
}

/**
 * Lets one of many do a thing at a time, across whatever shares the lock.
 *
 * @example
 * await lock.hold("billing", async () => store.write("billing", await renew()));
 */
export interface Lock {
  /**
   * Runs a task while nobody else who shares the lock runs one under the same key, and gives its result.
   * A holder that died is found out: the key is free again within 10 s.
   */
  hold<T>(key: string, task: () => Promise<T>): Promise<T>;
}
