/**
 * Counts attempts under a key. Every limiter of `rate-limiter-flexible` is one, as is
 * {@link createMemoryThrottle}.
 */
export interface Throttle {
  /**
   * Takes one point from the key, in one atomic step. Rejects with an object that has `msBeforeNext`
   * when there is none left, and with an `Error` when that cannot be told.
   */
  consume(key: string): Promise<unknown>;
  /** Gives one point back. */
  reward(key: string): Promise<unknown>;
}
