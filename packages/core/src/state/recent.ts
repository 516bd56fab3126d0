/**
 * What was of use lately, `limit` things at most. Only for what is quicker to find than to make anew: a
 * thing may be forgotten at any time, and what has not been used for long is forgotten first.
 */
export interface Recent<V> {
  find(key: string): V | undefined;
  keep(key: string, value: V): void;
  clear(): void;
}

/**
 * Two generations: when the young one is full it becomes the old one, and the old one goes as a whole,
 * but for what was found again meanwhile. Nothing has to be moved or sorted when something is found.
 *
 * @param limit 2 at least
 */
export function createRecent<V>(limit: number): Recent<V> {
  const generation = Math.floor(limit / 2);
  let young = new Map<string, V>();
  let old = new Map<string, V>();
  const keep = (key: string, value: V): void => {
    if (young.size >= generation) {
      old = young;
      young = new Map();
    }
    young.set(key, value);
  };
  return {
    find(key) {
      const found = young.get(key);
      if (found !== undefined) return found;
      const older = old.get(key);
      if (older !== undefined) keep(key, older);
      return older;
    },
    keep,
    clear() {
      young = new Map();
      old = new Map();
    },
  };
}
