import type { FoundCredential } from "../guard/find-credential.ts";
import type { Policy } from "../guard/guard.ts";
import type { Check } from "../guard/scheme.ts";
import type { Step } from "./explanation.ts";
import type { Failure } from "./failure.ts";

/** The checks of the credential that decides, with the one that failed. */
export function checkSteps(
  { throttle }: Policy,
  { scheme, attempt }: FoundCredential,
  failure: Failure | undefined,
): readonly Step[] {
  const isCounted = throttle !== undefined && attempt.guessable === true;
  const counted: readonly Check[] =
    failure?.check === "throttle_unavailable" ? [failure.check] : ["too_many_failures"];
  const checks = [...(isCounted ? counted : []), ...(scheme.checks?.(attempt) ?? [])];
  if (failure === undefined) return checks.map((check) => step(check, scheme.name, "passed"));
  const failed: Step = { ...failure, scheme: scheme.name };
  const at = checks.indexOf(failure.check);
  // Several checks may ask a store: of one that failed, nobody can tell which checks came before it.
  if (at === -1) return [failed];
  return checks.map((check, index) =>
    index === at ? failed : step(check, scheme.name, index < at ? "passed" : "not reached"),
  );
}

function step(check: Check, scheme: string, outcome: Step["outcome"]): Step {
  return { check, outcome, scheme };
}
