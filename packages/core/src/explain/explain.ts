import { type FoundCredential, findCredential } from "../guard/find-credential.ts";
import type { Guard } from "../guard/guard.ts";
import type { Principal } from "../guard/principal.ts";
import type { AuthRequest } from "../guard/request.ts";
import type { Requirement } from "../guard/requirement.ts";
import type { Verdict } from "../guard/verdict.ts";
import { checkSteps } from "./check-steps.ts";
import type { ExplainedVerdict, Explanation, Step } from "./explanation.ts";
import { type Failure, toFailure } from "./failure.ts";
import { choiceSteps, findingSteps } from "./finding-steps.ts";
import { requirementStep, watch } from "./requirement-step.ts";

type AnyVerdict = Verdict<Principal | undefined>;

/**
 * Explains what a guard makes of a request: scheme by scheme and check by check, what was expected and
 * what was found. For developers and their logs, not for callers.
 *
 * It shows where a credential stands and what a token says of itself, but no credential. Nothing is
 * reserved, counted or noted, and no event told: the same request can be checked afterwards. Users, keys
 * and revocations are looked up as ever, and issuers asked, as far as their answers are not remembered.
 *
 * @throws ConfigurationError where `guard.check` does
 * @example
 * const explanation = await explain(guard, request, scope("orders:read"));
 * console.log(formatExplanation(explanation));
 */
export async function explain(
  guard: Guard<Principal | undefined>,
  request: AuthRequest,
  requirement?: Requirement,
): Promise<Explanation> {
  const watched = requirement && watch(requirement);
  const verdict = await guard.rehearse(request, watched?.requirement);
  const failure = toFailure(verdict);
  const isReached = failure?.check !== "https_required";
  const tried = isReached ? triedBy(guard, request, verdict) : undefined;
  const steps = [
    ...(guard.policy.requiresHttps ? [httpsStep(isReached ? undefined : failure)] : []),
    ...(isReached
      ? credentialSteps(guard, request, tried, watched?.isTested() ? undefined : failure)
      : []),
    ...(watched ? [requirementStep(watched, failure)] : []),
  ];
  return { verdict: inShort(verdict, failure, tried), steps };
}

/** Whether a scheme finds a credential, which one counts, and what that comes to. */
function credentialSteps(
  guard: Guard<Principal | undefined>,
  request: AuthRequest,
  tried: FoundCredential | undefined,
  failure: Failure | undefined,
): readonly Step[] {
  const finding = findingSteps(guard.policy.schemes, request, tried?.scheme);
  return tried === undefined
    ? [...finding, ...choiceSteps(guard, request, finding, failure)]
    : [...finding, ...checkSteps(guard.policy, tried, failure)];
}

/** The credential that decided: none where none was admitted, or where there was none after all. */
function triedBy(
  { policy, admitted }: Guard<Principal | undefined>,
  request: AuthRequest,
  verdict: AnyVerdict,
): FoundCredential | undefined {
  const isNobodys =
    verdict.kind === "accepted"
      ? verdict.principal === undefined
      : verdict.reason === "credential_missing";
  const found = isNobodys ? undefined : findCredential(policy.schemes, request);
  return found && "attempt" in found && admitted.includes(found.scheme) ? found : undefined;
}

function httpsStep(failure: Failure | undefined): Step {
  return failure ?? { check: "https_required", outcome: "passed" };
}

function inShort(
  verdict: AnyVerdict,
  failure: Failure | undefined,
  tried: FoundCredential | undefined,
): ExplainedVerdict {
  const scheme = tried?.scheme.name ?? failure?.scheme;
  return {
    kind: verdict.kind,
    ...(verdict.kind === "rejected" && { status: verdict.status }),
    ...(verdict.kind === "unavailable" && { status: 503 }),
    ...(failure && { reason: failure.check }),
    ...(scheme !== undefined && { scheme }),
  };
}
