import type { Clock } from "@countersign/core/wire";

/**
 * Machines that share a Redis have clocks that differ. What must not be forgotten early is kept so
 * much longer, in milliseconds, that it is there until the slowest of them agrees.
 */
const clockSlack = 60_000;

const century = 100 * 365 * 86_400_000;

/**
 * How many milliseconds a key is to live. By our clock and not by Redis's: it is ours that decides
 * what has expired.
 *
 * @param expiresAt seconds since the epoch, maybe without end: then a century, since every key has one
 */
export function toLifetime(expiresAt: number, clock: Clock): number {
  const left = Math.ceil(expiresAt * 1000 - clock.now()) + clockSlack;
  return Math.min(Math.max(left, 1), century);
}
