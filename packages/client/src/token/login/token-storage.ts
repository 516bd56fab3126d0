import type { Lock, TokenStore } from "@countersign/core/state";

/**
 * Where a login is kept, so that it outlives the process and others can share it. One record holds
 * access token, refresh token and DPoP key, in clear.
 *
 * @example
 * const storage: TokenStorage = {
 *   store: fileTokenStore("/var/lib/billing"),
 *   lock: fileLock("/var/lib/billing"),
 *   key: "billing",
 * };
 */
export interface TokenStorage {
  readonly store: TokenStore;
  /** Is held during a refresh, by whoever shares the store. */
  readonly lock: Lock;
  /** Names the login: one for each user, client and issuer. */
  readonly key: string;
}
