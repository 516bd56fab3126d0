/** What became of one test file on one runtime; JSON. */
export interface FileReport {
  readonly passed: number;
  /** What went wrong, by the test's name, or by the file's where it could not be loaded. */
  readonly failures: Readonly<Record<string, string>>;
  /** The names of the tests that were not run. */
  readonly skipped: readonly string[];
}

/** Names of tests, or parts of them, that one runtime is not to run. */
export type LeftOut = readonly string[];

/** What a bundle of test files is told: which to run, and what to leave out of each. */
export type Selection = readonly (readonly [path: string, leftOut: LeftOut])[];

/** By the paths of the files. */
export type Reports = Readonly<Record<string, FileReport>>;
