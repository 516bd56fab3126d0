/**
 * A source of the current time, in milliseconds since the epoch. `Date` is one.
 *
 * @example
 * const frozen: Clock = { now: () => 1_700_000_000_000 };
 */
export interface Clock {
  now(): number;
}

/** Milliseconds, as clocks count, to seconds, as NumericDates do (RFC 7519 §2). */
export function toSeconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
