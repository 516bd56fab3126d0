import { ConfigurationError, requireThat } from "../wire/configuration-error.ts";
import { after, type MaybePromise } from "../wire/maybe-promise.ts";
import { challengesFor } from "./challenges.ts";
import { findCredential, inFindingOrder } from "./find-credential.ts";
import type { Guard, GuardOptions, Policy } from "./guard.ts";
import { storeUnavailable } from "./outages.ts";
import type { Principal } from "./principal.ts";
import { toReach } from "./reach.ts";
import { credentialMissing, httpsRequired, schemeNotAdmitted } from "./refusals.ts";
import { admittedBy, contextNow } from "./refuser.ts";
import type { AuthRequest } from "./request.ts";
import { requireSchemes } from "./require-schemes.ts";
import type { Requirement } from "./requirement.ts";
import type { Attempt, AuthContext, Scheme } from "./scheme.ts";
import { toTeller } from "./tell.ts";
import { accepted, type Rejection, rejected, unavailable, type Verdict, wrong } from "./verdict.ts";

/** The principals that a scheme vouches for. */
export type PrincipalIn<S> = S extends Scheme<infer P> ? P : never;

/**
 * Makes a guard: one policy, written once, that holds in every framework.
 *
 * @throws ConfigurationError when the options cannot be right
 * @example
 * const guard = createGuard({
 *   realm: "orders",
 *   schemes: [jwt({ issuer: "https://id.example.com", audience: "https://api.example.com" })],
 * });
 */
// biome-ignore lint/suspicious/noExplicitAny: any other bound widens the schemes' literal names
export function createGuard<const S extends readonly Scheme<any>[]>(
  options: GuardOptions<S>,
): Guard<PrincipalIn<S[number]>> {
  const { schemes, realm, resourceMetadata, throttle, clock = Date } = options;
  requireSchemes(options);
  const reach = toReach(options);
  requireThat(!resourceMetadata || reach.publicUrl, "resourceMetadata needs publicUrl.");
  const policy: Policy = Object.freeze({
    ...reach,
    schemes: Object.freeze(inFindingOrder(schemes)),
    realm,
    resource: resourceMetadata ? reach.publicUrl : undefined,
    clock,
    throttle,
    tell: toTeller(options.onEvent),
  });
  const view = createView(policy, [...schemes], false);
  return view as Guard<PrincipalIn<S[number]>>;
}

function createView(
  policy: Policy,
  admitted: readonly Scheme[],
  isOptional: boolean,
): Guard<Principal | undefined> {
  const decide = (
    request: AuthRequest,
    requirement: Requirement | undefined,
    context: AuthContext,
  ): MaybePromise<Verdict> => {
    if (policy.requiresHttps && !request.secure) return overPlainHttp(request);
    const found = findCredential(policy.schemes, request);
    if (!found) return rejected(credentialMissing);
    if ("kind" in found) return found;
    const { scheme, attempt } = found;
    if (!admitted.includes(scheme)) {
      return rejected(attempt.tentative ? credentialMissing : schemeNotAdmitted);
    }
    const origin = { scheme: scheme.name, authScheme: attempt.authScheme };
    return after(verify(policy, request, attempt, context), (verdict) => {
      if (verdict.kind === "rejected")
        return isNobodys(verdict) ? verdict : { ...verdict, ...origin };
      if (verdict.kind === "unavailable") return verdict;
      const { principal, headers } = verdict;
      const shortfall = requirement?.test(principal, context.now);
      if (shortfall) {
        const { refusal, ...missing } = shortfall;
        return rejected(refusal, { ...missing, ...origin, headers });
      }
      admittedBy.set(principal, view);
      return verdict;
    });
  };

  const answer = (
    request: AuthRequest,
    requirement: Requirement | undefined,
    rehearsal: boolean,
  ): MaybePromise<Verdict<Principal | undefined>> => {
    const context = contextNow(policy, rehearsal);
    return after(decide(request, requirement, context), (verdict) => {
      if (verdict.kind !== "rejected") return verdict;
      if (isOptional && !requirement && isNobodys(verdict)) return accepted(undefined);
      return after(challengesFor(verdict, admitted, context), (challenges) => ({
        ...verdict,
        challenges,
      }));
    });
  };

  const view = Object.freeze<Guard<Principal | undefined>>({
    policy,
    admitted,
    isOptional,
    check: (request, requirement) =>
      after(answer(request, requirement, false), (verdict) => {
        policy.tell(request, verdict);
        return verdict;
      }),
    rehearse: (request, requirement) => answer(request, requirement, true),
    only(...names) {
      const wanted = new Set<string>(names);
      const chosen = admitted.filter(({ name }) => wanted.has(name));
      requireThat(
        wanted.size > 0 && chosen.length === wanted.size,
        "only() takes names of this guard's schemes.",
      );
      return createView(policy, chosen, isOptional) as never;
    },
    optional: () => createView(policy, admitted, true),
  });
  return view;
}

function isNobodys({ reason }: Rejection): boolean {
  return reason === "credential_missing";
}

/** A store that throws cannot answer now, and that is no reason to say no, nor to let anyone in. */
function verify(
  { throttle }: Policy,
  request: AuthRequest,
  attempt: Attempt,
  context: AuthContext,
): MaybePromise<Verdict> {
  const failed = (cause: unknown): Verdict => {
    if (cause instanceof ConfigurationError) throw cause;
    return unavailable(storeUnavailable, { cause });
  };
  const attemptIt = (): MaybePromise<Verdict> => {
    try {
      return after(attempt.verify(context), (verdict) => verdict, failed);
    } catch (cause) {
      return failed(cause);
    }
  };
  return throttle && attempt.guessable
    ? throttle(request, attempt, attemptIt, context.rehearsal)
    : attemptIt();
}

function overPlainHttp({ address }: AuthRequest): Rejection {
  const expected = "https";
  return wrong(httpsRequired, expected, `plain http from ${address ?? "?"}`);
}
