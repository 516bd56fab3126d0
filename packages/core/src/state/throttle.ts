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
  /**
   * What is left of a key's points, taking none: for explanations, which otherwise take it that there are
   * some. Nothing, when none has been taken.
   */
  get?(key: string): Promise<PointsLeft | null | undefined>;
  /** Gives one point back. */
  reward(key: string): Promise<unknown>;
}

/** How many attempts a key has left. */
export interface PointsLeft {
  readonly remainingPoints: number;
  /** Milliseconds until there are all of them again. */
  readonly msBeforeNext: number;
}
