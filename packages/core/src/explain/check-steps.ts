import type { FoundCredential } from "../guard/find-credential.ts";
import type { Policy } from "../guard/guard.ts";
import { throttleUnavailable } from "../guard/outages.ts";
import { tooManyFailures } from "../guard/refusals.ts";
import type { Step } from "./explanation.ts";
import type { Failure } from "./failure.ts";

/** The checks of the credential that decides, with the one that failed. */
export function checkSteps(
  { throttle }: Policy,
  { scheme, attempt }: FoundCredential,
  failure: Failure | undefined,
): readonly Step[] {
  const isCounted = throttle !== undefined && attempt.guessable === true;
  const counted =
    failure?.check === throttleUnavailable.reason ? throttleUnavailable : tooManyFailures;
  const checks = [...(isCounted ? [counted] : []), ...(scheme.checks?.(attempt) ?? [])];
  const reasons = checks.map(({ reason }) => reason);
  if (failure === undefined) return reasons.map((check) => step(check, scheme.name, "passed"));
  const failed: Step = { ...failure, scheme: scheme.name };
  const at = reasons.indexOf(failure.check);
  // Several checks may ask a store: of one that failed, nobody can tell which checks came before it.
  if (at === -1) return [failed];
  return reasons.map((check, index) =>
    index === at ? failed : step(check, scheme.name, index < at ? "passed" : "not reached"),
  );
}

function step(check: Step["check"], scheme: string, outcome: Step["outcome"]): Step {
  return { check, outcome, scheme };
}
