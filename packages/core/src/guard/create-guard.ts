import { ConfigurationError, requireThat } from "../wire/configuration-error.ts";
import { after, type MaybePromise } from "../wire/maybe-promise.ts";
import { admittances } from "./admittance.ts";
import { challengesFor } from "./challenges.ts";
import { findCredential, inFindingOrder } from "./find-credential.ts";
import type { Guard, GuardOptions, Policy } from "./guard.ts";
import { storeUnavailable } from "./outages.ts";
import type { Principal } from "./principal.ts";
import { toReach } from "./reach.ts";
import { credentialMissing, httpsRequired, schemeNotAdmitted } from "./refusals.ts";
import { contextNow } from "./refuser.ts";
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
    schemes: inFindingOrder(schemes),
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
  const answer = (
    request: AuthRequest,
    requirement: Requirement | undefined,
    rehearsal: boolean,
  ): MaybePromise<Verdict<Principal | undefined>> => {
    const context = contextNow(policy, rehearsal);
    const found =
      policy.requiresHttps && !request.secure
        ? wrong(httpsRequired, "https", `plain http from ${request.address ?? "?"}`)
        : (findCredential(policy.schemes, request) ?? rejected(credentialMissing));
    if ("kind" in found) return refuse(found, requirement, context);
    const { scheme, attempt } = found;
    if (!admitted.includes(scheme)) {
      const refusal = attempt.tentative ? credentialMissing : schemeNotAdmitted;
      return refuse(rejected(refusal), requirement, context);
    }
    const checked =
      policy.throttle && attempt.guessable
        ? policy.throttle(request, attempt, () => verify(attempt, context), rehearsal)
        : verify(attempt, context);
    return after(checked, (verdict) => {
      if (verdict.kind === "unavailable") return verdict;
      const origin = { scheme: scheme.name, authScheme: attempt.authScheme };
      if (verdict.kind === "rejected") {
        return refuse(
          isNobodys(verdict) ? verdict : { ...verdict, ...origin },
          requirement,
          context,
        );
      }
      const { principal, headers } = verdict;
      const shortfall = requirement?.test(principal, context.now);
      if (shortfall) {
        const { refusal, ...missing } = shortfall;
        const rejection = rejected(refusal, { ...missing, ...origin, headers });
        return refuse(rejection, requirement, context);
      }
      admittances.set(principal, { view, presented: attempt.presented?.() });
      return verdict;
    });
  };

  const refuse = (
    rejection: Rejection,
    requirement: Requirement | undefined,
    context: AuthContext,
  ): MaybePromise<Verdict<Principal | undefined>> =>
    isOptional && !requirement && isNobodys(rejection)
      ? accepted(undefined)
      : after(challengesFor(rejection, admitted, context), (challenges) => ({
          ...rejection,
          challenges,
        }));

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

function verify(attempt: Attempt, context: AuthContext): MaybePromise<Verdict> {
  try {
    return after(attempt.verify(context), (verdict) => verdict, outage);
  } catch (cause) {
    return outage(cause);
  }
}

/** A store that throws cannot answer now, and that is no reason to say no, nor to let anyone in. */
function outage(cause: unknown): Verdict {
  if (cause instanceof ConfigurationError) throw cause;
  return unavailable(storeUnavailable, { cause });
}
