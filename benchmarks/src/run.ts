import type { Measurement } from "./measurement.ts";

/** One run of the benchmarks. */
export interface Run {
  /** Fewer rounds: two minutes for everything. */
  readonly isQuick: boolean;
  /** Says what is going on, on standard error. */
  tell(progress: string): void;
}

/** One group of measurements. */
export type Bench = (run: Run) => Promise<Measurement[]>;
