import type { TokenStore } from "@countersign/core/state";

/** What `localStorage` and `sessionStorage` are. */
export interface WebStorage {
  getItem(name: string): string | null;
  setItem(name: string, value: string): void;
  removeItem(name: string): void;
}

/**
 * Tokens in a browser's `localStorage` (shared by the tabs of an origin, and there until it is emptied)
 * or `sessionStorage` (one tab's). Every script of the origin can read them, and so can whoever manages
 * to run one there: where there is a server, keep the tokens in it and a cookie in the browser. Writing
 * throws when the storage is full, or switched off.
 *
 * @example
 * const storage = { store: webStorageTokens(localStorage), lock: webLocks(), key: "login" };
 */
export function webStorageTokens(storage: WebStorage): TokenStore {
  const name = (key: string) => `countersign.tokens:${key}`;
  return Object.freeze<TokenStore>({
    read: (key) => storage.getItem(name(key)) ?? undefined,
    write: (key, value) => storage.setItem(name(key), value),
    remove: (key) => storage.removeItem(name(key)),
  });
}
