import { parseAuthorization } from "../guard/authorization.ts";
import { findCredential } from "../guard/find-credential.ts";
import type { Guard } from "../guard/guard.ts";
import type { Principal } from "../guard/principal.ts";
import type { AuthRequest } from "../guard/request.ts";
import type { Scheme } from "../guard/scheme.ts";
import type { Details } from "../guard/verdict.ts";
import type { Step } from "./explanation.ts";
import type { Failure } from "./failure.ts";

/**
 * What each scheme finds, in the order in which they are asked: of a credential, the place where it is.
 *
 * @param deciding the scheme whose credential counts
 */
export function findingSteps(
  schemes: readonly Scheme[],
  request: AuthRequest,
  deciding: Scheme | undefined,
): readonly Step[] {
  const authorization = parseAuthorization(request.header("authorization"));
  const steps: Step[] = [];
  let isTaken = false;
  for (const scheme of schemes) {
    const { name } = scheme;
    if (authorization === "malformed") {
      steps.push({ check: "credential", outcome: "not reached", scheme: name });
      continue;
    }
    const found = scheme.find(request, isTaken ? undefined : authorization);
    const nothing: Step = { check: "credential", outcome: "nothing found", scheme: name };
    if (found !== undefined && "kind" in found) {
      const { reason, details, authScheme } = found;
      // Of a token that a scheme does not know, the guard says in the end whether that decides.
      steps.push(
        authScheme ? nothing : { check: reason, outcome: "failed", scheme: name, ...details },
      );
      continue;
    }
    const isThere = found !== undefined && (!found.tentative || scheme === deciding);
    steps.push(isThere ? { ...nothing, outcome: "passed", found: found.location } : nothing);
    isTaken ||= found?.location === "authorization";
  }
  return steps;
}

/** Why none of what was found counts, unless a scheme has said so itself. */
export function choiceSteps(
  guard: Guard<Principal | undefined>,
  request: AuthRequest,
  finding: readonly Step[],
  failure: Failure | undefined,
): readonly Step[] {
  if (failure === undefined) return [];
  const { check, scheme } = failure;
  const isSaid = finding.some((step) => step.check === check && step.scheme === scheme);
  return isSaid ? [] : [{ ...detailsOf(failure, guard, request, finding), ...failure }];
}

function detailsOf(
  { check, scheme }: Failure,
  { admitted, policy }: Guard<Principal | undefined>,
  request: AuthRequest,
  finding: readonly Step[],
): Details {
  const ofAdmitted = `a credential of ${admitted.map(({ name }) => name).join(" or ")}`;
  switch (check) {
    case "credential_missing":
      return { expected: ofAdmitted, found: "none" };
    case "scheme_not_admitted": {
      const found = findCredential(policy.schemes, request);
      const whose = found && "attempt" in found ? `one of ${found.scheme.name}` : undefined;
      return { expected: ofAdmitted, found: whose ?? "an Authorization field of another scheme" };
    }
    case "credential_conflict":
      return { expected: "one credential", found: placesOf(finding, request) };
    case "credential_malformed":
      return { expected: "one Authorization field", found: "several, or one that cannot be read" };
    default:
      return { expected: `a token that ${scheme} can read`, found: "another" };
  }
}

/** Where credentials are; the Authorization field too where it is one that no scheme takes. */
function placesOf(finding: readonly Step[], request: AuthRequest): string {
  const places = finding
    .filter(({ outcome }) => outcome === "passed" || outcome === "failed")
    .map(({ found, scheme }) => `${scheme} (${found})`);
  const others = request.header("authorization") === undefined ? [] : ["the Authorization field"];
  return (places.length > 1 ? places : [...places, ...others]).join(", ");
}
