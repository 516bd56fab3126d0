import { outsiderCases, scenarios } from "./corpus.ts";
import { isControl, toExpected } from "./judge.ts";

/** One case of the corpus, as a thing to read. */
export interface AttackCaseInfo {
  /** A stable word in kebab-case. */
  readonly id: string;
  readonly group: string;
  /** The section or the CVE that it comes from. */
  readonly source: string;
  readonly title: string;
  /** Whether it must be let in, so that a server which refuses everything fails too. */
  readonly isControl: boolean;
  /** The answer that is asked for. */
  readonly expected: string;
}

const toTitle = (id: string, isGood: boolean) =>
  `${isGood ? "lets in" : "refuses"}: ${id.replace(/^good-/, "").replaceAll("-", " ")}`;

/**
 * All cases, in their order, for reading: what `attack` sends.
 *
 * @example
 * const groups = new Set(attackCases.map(({ group }) => group));
 */
export const attackCases: readonly AttackCaseInfo[] = [
  ...outsiderCases.map((each) => ({
    ...{ id: each.id, group: each.group, source: each.source },
    ...{ title: toTitle(each.id, isControl(each)), isControl: isControl(each) },
    expected: toExpected(each),
  })),
  ...scenarios.map(({ id, source, expected, isControl: isGood = false }) => ({
    ...{ id, group: "state", source, title: id.replaceAll("-", " "), isControl: isGood, expected },
  })),
];
