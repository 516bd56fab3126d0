import { type Clock, ConfigurationError } from "@countersign/core/wire";

/** A clock that can be turned. */
export interface TestClock extends Clock {
  /**
   * Turns the clock forward.
   *
   * @param duration milliseconds, or a number with a unit: `"90s"`, `"5m"`, `"2h"`, `"30d"`
   */
  advance(duration: number | string): void;
}

const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * Makes a clock for guards, issuers and clients to share. It stands still until it is turned.
 *
 * @param start milliseconds since the epoch; default: now
 * @example
 * const clock = createTestClock();
 * clock.advance("2h");
 */
export function createTestClock(start = Date.now()): TestClock {
  let now = start;
  return {
    now: () => now,
    advance(duration) {
      now += toMilliseconds(duration);
    },
  };
}

/**
 * Makes a clock that goes with the machine's and can be turned forward beside: for an issuer whose callers
 * have clocks of their own.
 *
 * @example
 * const issuer = createTestIssuer({ clock: createRunningClock() });
 */
export function createRunningClock(): TestClock {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    advance(duration) {
      ahead += toMilliseconds(duration);
    },
  };
}

/** @throws ConfigurationError */
export function toMilliseconds(duration: number | string): number {
  const [, digits, unit = "ms"] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(String(duration)) ?? [];
  const factor = units[unit];
  if (digits !== undefined && factor !== undefined) return Number(digits) * factor;
  throw new ConfigurationError(
    `"${duration}" is no duration. Write milliseconds, or a number with a unit: "90s", "5m", "2h", "30d".`,
  );
}
