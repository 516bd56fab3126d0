/** One figure. Those of one `group` and `scene` were measured in turns, in one run. */
export interface Measurement {
  /** What kind of work, for example `verification`. */
  readonly group: string;
  /** The circumstances, for example `RS256, unique tokens`. */
  readonly scene: string;
  /** Who did it, for example `jose`. */
  readonly contestant: string;
  readonly unit: "µs" | "req/s" | "ms" | "MB";
  /** The median of the rounds. */
  readonly value: number;
  /** One figure a round, in the order of the rounds. */
  readonly rounds: readonly number[];
  /** Milliseconds within which 99 of 100 requests were answered. */
  readonly p99?: number;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

/**
 * How one figure stands to another: the median of the rounds' ratios. Rounds are taken in turns, so what
 * slows the machine slows both sides of a round.
 */
export function ratio(of: Measurement, to: Measurement): number {
  return median(of.rounds.map((value, round) => value / (to.rounds[round] ?? Number.NaN)));
}
