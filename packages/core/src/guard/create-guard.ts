import { ConfigurationError } from "../wire/configuration-error.ts";
import { after, type MaybePromise } from "../wire/maybe-promise.ts";
import { challengesFor } from "./challenges.ts";
import { type FoundCredential, findCredential, inFindingOrder } from "./find-credential.ts";
import type { Guard, GuardOptions, Policy } from "./guard.ts";
import { toMetadataUrl } from "./metadata-url.ts";
import type { Principal } from "./principal.ts";
import { toReach } from "./reach.ts";
import { rememberRefuser } from "./refuser.ts";
import type { AuthRequest } from "./request.ts";
import { listNames, requireSchemes } from "./require-schemes.ts";
import type { Requirement } from "./requirement.ts";
import type { Attempt, AuthContext, Scheme } from "./scheme.ts";
import { toTeller } from "./tell.ts";
import { accepted, type Rejection, rejected, unavailable, type Verdict } from "./verdict.ts";

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
  const { schemes, realm, throttle, clock = Date } = options;
  requireSchemes(options);
  const reach = toReach(options);
  const policy: Policy = Object.freeze({
    schemes: Object.freeze(inFindingOrder(schemes)),
    realm,
    resourceMetadataUrl: options.resourceMetadata ? toMetadataUrl(reach.publicUrl) : undefined,
    ...reach,
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
  const refuse = (rejection: Rejection, context: AuthContext): MaybePromise<Rejection> =>
    after(challengesFor(rejection, admitted, context), (challenges) => ({
      ...rejection,
      challenges,
    }));

  const contextNow = (rehearsal = false): AuthContext => ({
    now: policy.clock.now(),
    realm: policy.realm,
    resourceMetadataUrl: policy.resourceMetadataUrl,
    rehearsal,
  });

  const admitNobody = (
    requirement: Requirement | undefined,
    context: AuthContext,
  ): MaybePromise<Verdict<undefined>> =>
    isOptional && requirement === undefined
      ? accepted(undefined)
      : refuse(rejected("credential_missing"), context);

  const judge = (
    verdict: Verdict,
    { scheme, attempt: { authScheme } }: FoundCredential,
    requirement: Requirement | undefined,
    context: AuthContext,
  ): MaybePromise<Verdict<Principal | undefined>> => {
    if (verdict.kind === "rejected") {
      return verdict.reason === "credential_missing"
        ? admitNobody(requirement, context)
        : refuse({ ...verdict, scheme: scheme.name, authScheme }, context);
    }
    if (verdict.kind === "unavailable") return verdict;
    const shortfall = requirement?.test(verdict.principal, context.now);
    if (shortfall === undefined) {
      rememberRefuser(verdict.principal, { scheme, admitted, authScheme, context: contextNow });
      return verdict;
    }
    const more = { ...(verdict.headers && { headers: verdict.headers }), authScheme };
    const refusal = rejected(shortfall.reason, { ...shortfall, ...more, scheme: scheme.name });
    return refuse(refusal, context);
  };

  const decide = (
    request: AuthRequest,
    requirement: Requirement | undefined,
    rehearsal: boolean,
  ): MaybePromise<Verdict<Principal | undefined>> => {
    const context = contextNow(rehearsal);
    if (policy.requiresHttps && !request.secure) return refuse(overPlainHttp(request), context);
    const found = findCredential(policy.schemes, request);
    if (found === undefined) return admitNobody(requirement, context);
    if (found.kind === "rejected") return refuse(found, context);
    const { scheme, attempt } = found;
    if (!admitted.includes(scheme)) {
      return attempt.tentative
        ? admitNobody(requirement, context)
        : refuse(rejected("scheme_not_admitted"), context);
    }
    return after(verify(policy, request, attempt, context), (verdict) =>
      judge(verdict, found, requirement, context),
    );
  };

  return Object.freeze<Guard<Principal | undefined>>({
    policy,
    admitted,
    isOptional,
    check(request, requirement) {
      return after(decide(request, requirement, false), (verdict) => {
        policy.tell(request, verdict);
        return verdict;
      });
    },
    rehearse: (request, requirement) => decide(request, requirement, true),
    only(...names) {
      const chosen = admitted.filter((scheme) => names.some((name) => name === scheme.name));
      if (names.length === 0 || chosen.length !== new Set<string>(names).size) {
        throw new ConfigurationError(
          `only(${names.join(", ")}): name at least one scheme, each out of ${listNames(admitted)}.`,
        );
      }
      return createView(policy, chosen, isOptional) as never;
    },
    optional: () => createView(policy, admitted, true),
  });
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
    return unavailable("store_unavailable", { cause });
  };
  const attemptIt = (): MaybePromise<Verdict> => {
    try {
      const verdict = attempt.verify(context);
      return verdict instanceof Promise ? verdict.catch(failed) : verdict;
    } catch (cause) {
      return failed(cause);
    }
  };
  const isLimited = throttle !== undefined && attempt.guessable === true;
  return isLimited ? throttle(request, attempt, attemptIt, context.rehearsal) : attemptIt();
}

function overPlainHttp({ address = "an unknown address" }: AuthRequest): Rejection {
  const found = `plain http from ${address}`;
  const expected = "https to the service itself, or to a proxy in trustedProxies that says so";
  return rejected("https_required", { details: { expected, found } });
}
