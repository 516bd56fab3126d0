import type { Lock } from "@countersign/core/state";
import { requireThat } from "@countersign/core/wire";

/** What `navigator.locks` is, as far as it is used. */
interface WebLocks {
  request<T>(name: string, task: () => Promise<T>): Promise<T>;
}

/**
 * A lock among the tabs and workers of an origin, by the Web Locks API: in browsers, over https and on
 * this machine. A tab that is closed lets go of it at once.
 *
 * @throws ConfigurationError where there is no such API
 * @example
 * const storage = { store: webStorageTokens(localStorage), lock: webLocks(), key: "login" };
 */
export function webLocks(): Lock {
  const { locks } = navigator as { locks?: WebLocks };
  requireThat(locks, "webLocks: there is no navigator.locks here; pages have it over https only.");
  return Object.freeze<Lock>({
    // Async, so that what the task throws at once is a rejection: Node would keep the lock for ever.
    hold: (key, task) => locks.request(`countersign.lock:${key}`, async () => task()),
  });
}
