import type { Database } from "./database.ts";
import { openDatabase } from "./open-database.ts";

/** One call of a store, to be made at a moment that all racers share. */
export interface Task {
  readonly store:
    | "refreshTokens"
    | "replays"
    | "revocations"
    | "apiKeys"
    | "signingKeys"
    | "logins";
  readonly method: string;
  readonly parameters: readonly unknown[];
  /** Milliseconds since the epoch. */
  readonly startsAt: number;
}

/** What came of it. Of an error its text, and of a throttle's refusal what it says. */
export interface Outcome {
  readonly result?: unknown;
  readonly error?: string;
  readonly refusal?: unknown;
}

/** One of several processes on one database, which is the program's only parameter. */
async function race(url: string): Promise<void> {
  const database = await openDatabase(url, { timeout: 20 });
  const logins = database.throttle({ name: "logins", points: 3, duration: 600 });
  const stores = { ...database, logins };
  process.on("message", async (task: Task) => process.send?.(await perform(stores, task)));
  process.on("disconnect", () => database.close());
  process.send?.({ result: "ready" });
}

async function perform(
  stores: Database & { readonly logins: object },
  { store, method, parameters, startsAt }: Task,
): Promise<Outcome> {
  const methods = stores[store] as Record<string, (...all: readonly unknown[]) => unknown>;
  while (Date.now() < startsAt);
  try {
    return { result: await methods[method]?.(...parameters) };
  } catch (error) {
    return error instanceof Error ? { error: String(error) } : { refusal: error };
  }
}

const [, , url] = process.argv;
if (process.send && url) await race(url);
