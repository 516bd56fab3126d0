import { setTimeout } from "node:timers/promises";

/** SQLite's code for "another process is writing"; the low byte, whatever the particular reason. */
const busy = 5;

/**
 * Runs a statement as soon as no other process holds the file's lock. SQLite could wait by itself, but
 * then the whole process would: so we ask again, and serve others in between.
 *
 * @param patience seconds after which SQLite's refusal is the answer
 */
export async function whenFree<T>(patience: number, run: () => T): Promise<T> {
  const deadline = performance.now() + patience * 1000;
  for (;;) {
    try {
      return run();
    } catch (error) {
      if (!isBusy(error) || performance.now() >= deadline) throw error;
    }
    // Not all of those who wait at the same moment.
    await setTimeout(1 + Math.random() * 5);
  }
}

function isBusy(error: unknown): boolean {
  const { errcode } = error as { errcode?: unknown };
  return typeof errcode === "number" && (errcode & 0xff) === busy;
}
