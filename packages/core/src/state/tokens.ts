import type { MaybePromise } from "../wire/maybe-promise.ts";

/**
 * Where a client keeps the tokens it must not lose: a refresh token that rotates is worthless once its
 * successor is lost. The values are the client's own text, secrets in clear included; a store neither
 * reads nor changes them.
 *
 * @example
 * const store: TokenStore = createMemoryTokens();
 */
export interface TokenStore {
  /** The value last written, whole; `undefined` when there is none. Rejects when that cannot be told. */
  read(key: string): MaybePromise<string | undefined>;
  /**
   * Puts a value in the place of the old one, in one step, and answers when it is durable: whatever
   * dies meanwhile, a reader sees the old value or the new one, whole.
   *
   * @param key any text; compared exactly
   */
  write(key: string, value: string): MaybePromise<void>;
  /** Forgets a value; of one that is not there, silently. */
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
   * Runs a task while nobody else who shares the lock runs one under the same key, and gives what it
   * gives, its failure too. Waits until the key is free; rejects without having run the task when that
   * cannot be told. A task must not hold its own key again: it would wait for itself.
   *
   * A holder that died is found out, and the key is free again within 10 s; sooner is better, since the
   * next one may have to repeat what the dead one asked for while the answer is still to be had. A
   * holder that was only stalled (a process stopped, a machine asleep) may be taken for dead: its task
   * goes on and its result is given all the same, so what must not be overwritten is compared first.
   */
  hold<T>(key: string, task: () => Promise<T>): Promise<T>;
}
