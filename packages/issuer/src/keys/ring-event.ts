/**
 * What an operator should know of a key ring. No event holds a key.
 *
 * - `signing_key_added`: this process made a key, which signs from then on.
 * - `signing_keys_unavailable`: in the background the store could not be read, or a key not be added.
 *   The keys that are known serve on for `notice` seconds, and it is tried again.
 *
 * @example
 * createKeyRing({ store, encryptionKey, onEvent: (event) => logger.info(event) });
 */
export type KeyRingEvent =
  | { readonly type: "signing_key_added"; readonly kid: string; readonly signsFrom: number }
  | { readonly type: "signing_keys_unavailable"; readonly cause: unknown };
