/**
 * A time in seconds as it is stored: whole, a part of a second counting as a whole one, and no larger
 * than both databases can keep exactly.
 */
export function toStoredTime(seconds: number): number {
  return Math.min(Math.ceil(seconds), Number.MAX_SAFE_INTEGER);
}
