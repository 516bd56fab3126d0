import type { Clock } from "../wire/clock.ts";
import { ConfigurationError } from "../wire/configuration-error.ts";
import type { Throttle } from "./throttle.ts";

/** How many attempts a key has. */
export interface MemoryThrottleOptions {
  /** Attempts in each window. */
  readonly points: number;
  /** The length of a window, in seconds, from the first attempt on. */
  readonly duration: number;
  /** How many keys are kept at most; default 100 000. */
  readonly limit?: number;
  /** Default: `Date`. */
  readonly clock?: Clock;
}

interface Window {
  consumed: number;
  readonly endsAt: number;
}

/**
 * Counts attempts in this process's memory. Nothing is forgotten before its window ends: when there
 * are too many keys to keep, `consume` rejects with an Error, and the guard answers 503.
 *
 * @throws ConfigurationError when points or duration are not positive
 * @example
 * guessLimits({ bySubject: createMemoryThrottle({ points: 5, duration: 60 }) });
 */
export function createMemoryThrottle(options: MemoryThrottleOptions): Throttle {
  const { points, duration, limit = 100_000, clock = Date } = options;
  if (!(points > 0 && duration > 0 && limit > 0)) {
    throw new ConfigurationError(
      "A throttle needs positive points and a positive duration (seconds).",
    );
  }
  // In the order in which windows end, since all are of one length.
  const windows = new Map<string, Window>();

  const sweep = (now: number): void => {
    for (const [key, { endsAt }] of windows) {
      if (endsAt > now) return;
      windows.delete(key);
    }
  };
  const open = (key: string, now: number): Window => {
    if (windows.size >= limit)
      throw new Error(`The throttle is full: it holds its limit of ${limit}.`);
    const window = { consumed: 0, endsAt: now + duration * 1000 };
    windows.set(key, window);
    return window;
  };

  return {
    async consume(key) {
      const now = clock.now();
      sweep(now);
      const window = windows.get(key) ?? open(key, now);
      if (window.consumed >= points) throw { msBeforeNext: window.endsAt - now };
      window.consumed += 1;
    },
    async get(key) {
      const now = clock.now();
      const window = windows.get(key);
      if (window === undefined || window.endsAt <= now) return undefined;
      return { remainingPoints: points - window.consumed, msBeforeNext: window.endsAt - now };
    },
    async reward(key) {
      const window = windows.get(key);
      if (window && window.consumed > 0) window.consumed -= 1;
    },
  };
}
