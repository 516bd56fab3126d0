import type { ApiKeyStore } from "../state/api-keys.ts";
import { toSeconds } from "../wire/clock.ts";

const minute = 60_000;
const capacity = 10_000;

/**
 * Tells a store when its keys were last used, each at most once a minute. Nobody waits for it, and its
 * failure refuses nobody: the time is for people who tidy up, not for decisions.
 */
export function createLastUsed(store: ApiKeyStore): (id: string, now: number) => void {
  const due = new Map<string, number>();
  return (id, now) => {
    if (!store.touch || now < (due.get(id) ?? 0)) return;
    // What is forgotten is written once more, earlier than need be.
    if (due.size >= capacity) due.clear();
    due.set(id, now + minute);
    void quietly(() => store.touch?.(id, toSeconds(now)));
  };
}

async function quietly(work: () => unknown): Promise<void> {
  try {
    await work();
  } catch {
    // The next use tries again, a minute later.
  }
}
