import type { MaybePromise } from "../wire/maybe-promise.ts";

/**
 * Does work that others wait for, and gives up on it in time: not all of it heeds its signal.
 *
 * @param milliseconds how long it may take
 */
export async function withinDeadline<T>(
  milliseconds: number,
  work: (signal: AbortSignal) => MaybePromise<T>,
): Promise<T> {
  const signal = AbortSignal.timeout(milliseconds);
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  // In a function of its own: work that throws at once must not leave `late` to reject unheard,
  // which would end the process.
  const working = async () => work(signal);
  return Promise.race([working(), late]);
}
