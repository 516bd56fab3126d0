/**
 * How bad a finding is: `hole`, what must be refused was let in, callers were mixed up, or a trap was
 * fetched; `crash`, a 5xx, a hang, a cut connection; `leak`, a credential came back; `refused-control`, a good
 * caller was refused; `lax`, accepted although ill-formed or against advice, but nobody but the issuer could
 * have made it; `deviation`, refused in another way than the RFCs have it.
 */
export type Grade = (typeof grades)[number];

/** From the worst to the least. */
export const grades = ["hole", "crash", "leak", "refused-control", "lax", "deviation"] as const;

/** What came of one case. */
export interface AttackResult {
  /** A stable word in kebab-case. */
  readonly id: string;
  readonly group: string;
  /** The section or the CVE that the case comes from. */
  readonly source: string;
  readonly title: string;
  /** Whether it is one that must be let in. */
  readonly isControl: boolean;
  readonly outcome: "passed" | "finding" | "not-run";
  readonly expected: string;
  /** What came, or why nothing was sent. */
  readonly found: string;
  /** Of findings alone. */
  readonly grade?: Grade;
  readonly milliseconds: number;
}

/** What came of all. */
export interface AttackReport {
  readonly url: string;
  readonly summary: {
    readonly passed: number;
    readonly findings: number;
    readonly notRun: number;
    /** How many findings of each grade there are. */
    readonly grades: Readonly<Record<Grade, number>>;
  };
  readonly results: readonly AttackResult[];
}

/** Counts what came of all cases. */
export function toReport(url: string, results: readonly AttackResult[]): AttackReport {
  const count = (outcome: AttackResult["outcome"]) =>
    results.filter((each) => each.outcome === outcome).length;
  const counts = grades.map((grade) => [grade, results.filter((r) => r.grade === grade).length]);
  return {
    url,
    summary: {
      ...{ passed: count("passed"), findings: count("finding"), notRun: count("not-run") },
      grades: Object.fromEntries(counts) as Record<Grade, number>,
    },
    results,
  };
}
