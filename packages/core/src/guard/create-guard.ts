import type { Requirement } from "../requirement/requirement.ts";
import { ConfigurationError } from "../wire/configuration-error.ts";
import { requireSecureUrl } from "../wire/loopback.ts";
import { after, type MaybePromise } from "../wire/maybe-promise.ts";
import { challengesFor } from "./challenges.ts";
import { findCredential, inFindingOrder } from "./find-credential.ts";
import type { Guard, GuardOptions, Policy } from "./guard.ts";
import type { Principal } from "./principal.ts";
import type { Attempt, Scheme } from "./scheme.ts";
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
  const { schemes, realm, publicUrl, clock = Date } = options;
  requireDistinct(schemes);
  const policy: Policy = Object.freeze({
    realm,
    publicUrl: publicUrl === undefined ? undefined : requireSecureUrl(publicUrl, "publicUrl"),
    clock,
  });
  const view = createView(policy, inFindingOrder(schemes), [...schemes], false);
  return view as Guard<PrincipalIn<S[number]>>;
}

function createView(
  policy: Policy,
  all: readonly Scheme[],
  admitted: readonly Scheme[],
  isOptional: boolean,
): Guard<Principal | undefined> {
  const refuse = (rejection: Rejection): Rejection => ({
    ...rejection,
    challenges: challengesFor(rejection, admitted, policy.realm),
  });

  const judge = (
    verdict: Verdict,
    scheme: Scheme,
    requirement: Requirement | undefined,
    now: number,
  ): Verdict => {
    if (verdict.kind === "rejected") return refuse({ ...verdict, scheme: scheme.name });
    if (verdict.kind === "unavailable") return verdict;
    const shortfall = requirement?.test(verdict.principal, now);
    if (shortfall === undefined) return verdict;
    return refuse(rejected(shortfall.reason, { ...shortfall, scheme: scheme.name }));
  };

  return Object.freeze<Guard<Principal | undefined>>({
    policy,
    admitted,
    isOptional,
    check(request, requirement) {
      const found = findCredential(all, request);
      if (found === undefined) {
        const anonymous = isOptional && requirement === undefined;
        return anonymous ? accepted(undefined) : refuse(rejected("credential_missing"));
      }
      if (found.kind === "rejected") return refuse(found);
      const { scheme, attempt } = found;
      if (!admitted.includes(scheme)) return refuse(rejected("scheme_not_admitted"));
      const now = policy.clock.now();
      return after(verify(attempt, now), (verdict) => judge(verdict, scheme, requirement, now));
    },
    only(...names) {
      const chosen = admitted.filter((scheme) => names.some((name) => name === scheme.name));
      if (names.length === 0 || chosen.length !== new Set<string>(names).size) {
        throw new ConfigurationError(
          `only(${names.join(", ")}): name at least one scheme, each out of ${list(admitted)}.`,
        );
      }
      return createView(policy, all, chosen, isOptional) as never;
    },
    optional: () => createView(policy, all, admitted, true),
  });
}

/** A store that throws cannot answer now, and that is no reason to say no, nor to let anyone in. */
function verify(attempt: Attempt, now: number): MaybePromise<Verdict> {
  const failed = (cause: unknown): Verdict => {
    if (cause instanceof ConfigurationError) throw cause;
    return unavailable("store_unavailable", { cause });
  };
  try {
    const verdict = attempt.verify({ now });
    return verdict instanceof Promise ? verdict.catch(failed) : verdict;
  } catch (cause) {
    return failed(cause);
  }
}

function requireDistinct(schemes: readonly Scheme[]): void {
  if (schemes.length === 0) {
    throw new ConfigurationError(
      "A guard needs at least one scheme: createGuard({ schemes: [jwt({ … })] }).",
    );
  }
  const names = schemes.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) {
    throw new ConfigurationError(
      `Two schemes of this guard are called "${twice}". Give one a name of its own: { name: "…" }.`,
    );
  }
  for (const kind of ["shape", "fallback"] as const) {
    const claimants = schemes.filter(({ bearer }) => bearer === kind);
    if (claimants.length < 2) continue;
    throw new ConfigurationError(
      kind === "shape"
        ? `${list(claimants)} both take JWTs sent as Bearer. Use one jwt({ issuers: [ … ] }).`
        : `${list(claimants)} both take any token sent as Bearer. Give the keys of one a prefix, or read them elsewhere.`,
    );
  }
}

function list(schemes: readonly Scheme[]): string {
  return schemes.map(({ name }) => `"${name}"`).join(", ");
}
