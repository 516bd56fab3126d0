import type { Requirement, RequirementDescription } from "../guard/requirement.ts";
import type { Step } from "./explanation.ts";
import type { Failure } from "./failure.ts";

/** A requirement, and whether it came to be tested. */
export interface Watched {
  readonly requirement: Requirement;
  isTested(): boolean;
}

/** The same requirement, and notes that it was tested. */
export function watch(requirement: Requirement): Watched {
  let isTested = false;
  return {
    requirement: {
      description: requirement.description,
      test(principal, now) {
        isTested = true;
        return requirement.test(principal, now);
      },
    },
    isTested: () => isTested,
  };
}

/** What became of a requirement. */
export function requirementStep(
  { requirement, isTested }: Watched,
  failure: Failure | undefined,
): Step {
  const step = { check: "requirement", expected: inWords(requirement.description) } as const;
  if (!isTested()) return { ...step, outcome: "not reached" };
  return failure ?? { ...step, outcome: "passed" };
}

function inWords(description: RequirementDescription): string {
  const { kind, ...rest } = description;
  if ("of" in description) {
    const parts = description.of.map(inWords);
    return `(${parts.join(kind === "all-of" ? " and " : " or ")})`;
  }
  const facts = Object.entries(rest).map(([name, value]) =>
    name === "maxAge" ? `at most ${value} s old` : [value].flat().join(" "),
  );
  return [kind, ...facts].join(" ");
}
