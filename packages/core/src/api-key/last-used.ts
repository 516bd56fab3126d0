import type { ApiKeyStore } from "../state/api-keys.ts";
import { toSeconds } from "../wire/clock.ts";

/**
 * Tells a store when its keys were last used, each at most once a minute. Nobody waits for it, and its
 * failure refuses nobody: the time is for people who tidy up, not for decisions.
 */
export function createLastUsed(store: ApiKeyStore): (id: string, now: number) => void {
  const due = new Map<string, number>();
  const note = async (id: string, now: number) => store.touch?.(id, toSeconds(now));
  return (id, now) => {
    if (!store.touch || now < (due.get(id) ?? 0)) return;
    // What is forgotten is written once more, earlier than need be.
    if (due.size >= 10_000) due.clear();
    due.set(id, now + 60_000);
    // If it fails, the next use tries again, a minute later.
    note(id, now).catch(() => {});
  };
}
