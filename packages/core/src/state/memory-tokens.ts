import type { Lock, TokenStore } from "./tokens.ts";

/**
 * How much {@link createMemoryTokens} keeps.
 *
 * @example
 * const options: MemoryTokensOptions = { limit: 100 };
 */
export interface MemoryTokensOptions {
  /** How many keys there may be at most; 10 000 by default. A full store throws and forgets nothing. */
  readonly limit?: number;
}

/**
 * Tokens in this process's memory: gone with it.
 *
 * @example
 * const store = createMemoryTokens();
 */
export function createMemoryTokens({ limit = 10_000 }: MemoryTokensOptions = {}): TokenStore {
  const values = new Map<string, string>();
  return Object.freeze<TokenStore>({
    read: (key) => values.get(key),
    write(key, value) {
      if (values.size >= limit && !values.has(key)) {
        throw new Error(`The store of tokens is full: it holds its limit of ${limit}.`);
      }
      values.set(key, value);
    },
    remove: (key) => void values.delete(key),
  });
}

/**
 * A lock among the tasks of this process, first come, first served.
 *
 * @example
 * const lock = createMemoryLock();
 */
export function createMemoryLock(): Lock {
  /** The last task in each key's queue. */
  const last = new Map<string, Promise<unknown>>();
  return Object.freeze<Lock>({
    async hold(key, task) {
      const before = last.get(key);
      const result = (async () => {
        await before?.catch(() => {}); // its failure is its own caller's
        return task();
      })();
      last.set(key, result);
      try {
        return await result;
      } finally {
        if (last.get(key) === result) last.delete(key);
      }
    },
  });
}
