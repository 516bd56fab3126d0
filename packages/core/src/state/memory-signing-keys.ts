import type { SigningKeyState, SigningKeyStore } from "./signing-keys.ts";

/**
 * Signing keys in this process's memory: for tests, and for several issuers of one process.
 *
 * @example
 * const store: SigningKeyStore = createMemorySigningKeys();
 */
export function createMemorySigningKeys(): SigningKeyStore {
  let state: SigningKeyState = { version: 0, keys: [] };
  return {
    read: () => state,
    replace(version, keys) {
      if (version !== state.version) return false;
      // Copies: what a caller does to its own afterwards changes nothing here.
      state = { version: version + 1, keys: keys.map((key) => ({ ...key })) };
      return true;
    },
  };
}
