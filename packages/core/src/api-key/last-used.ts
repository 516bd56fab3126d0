import type { ApiKeyStore } from "../state/api-keys.ts";

const minute = 60_000;
const capacity = 10_000;

/**
 * Tells a store when its keys were last used, each at most once a minute. Nobody waits for it, and its
 * failure refuses nobody: the time is for people who tidy up, not for decisions.
 */
export function createLastUsed(store: ApiKeyStore): (id: string, now: number) => void {
  const touched = new Map<string, number>();
  return (id, now) => {
    if (store.touch === undefined || now - (touched.get(id) ?? Number.NEGATIVE_INFINITY) < minute) {
      return;
    }
    touched.delete(id);
    touched.set(id, now);
    // A key that is pushed out is written once more, earlier than need be.
    const [oldest] = touched.keys();
    if (touched.size > capacity && oldest !== undefined) touched.delete(oldest);
    void quietly(() => store.touch?.(id, Math.floor(now / 1000)));
  };
}

async function quietly(work: () => unknown): Promise<void> {
  try {
    await work();
  } catch {
    // The next use tries again, a minute later.
  }
}
