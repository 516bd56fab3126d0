import type { Check } from "../guard/scheme.ts";
import type { Verdict } from "../guard/verdict.ts";

/** What a guard makes of a request, and by which steps. There is no credential in it, and no query. */
export interface Explanation {
  readonly verdict: ExplainedVerdict;
  /** In the order in which they are taken. The last one that failed has decided. */
  readonly steps: readonly Step[];
}

/** A verdict in short. */
export interface ExplainedVerdict {
  readonly kind: Verdict["kind"];
  /** The status of the answer. Absent: the application answers. */
  readonly status?: number;
  /** Why not. */
  readonly reason?: Check["reason"];
  /** The scheme whose credential it was. */
  readonly scheme?: string;
}

/** One look at a request. */
export interface Step {
  /** The reason for which this check fails, `"credential"` for a scheme's own look, or `"requirement"`. */
  readonly check: Check["reason"] | "credential" | "requirement";
  readonly outcome: Outcome;
  readonly scheme?: string;
  readonly expected?: string;
  readonly found?: string;
}

/** How a step came out. */
export type Outcome = "passed" | "failed" | "not reached" | "nothing found";
