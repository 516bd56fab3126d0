import { createSlot } from "#slot";
import { type Answer, toAnswer } from "../guard/answer.ts";
import type { Guard } from "../guard/guard.ts";
import type { Principal } from "../guard/principal.ts";
import { type AuthRequest, isPreflight } from "../guard/request.ts";
import type { Requirement } from "../guard/requirement.ts";
import type { HeaderField, Verdict } from "../guard/verdict.ts";
import { DemandError } from "../requirement/demand.ts";
import { ConfigurationError } from "../wire/configuration-error.ts";
import { after, type MaybePromise } from "../wire/maybe-promise.ts";

/** What a policy found out of who sent a request, whose principal may be nobody. */
interface Admitted {
  readonly policy: object;
  readonly verdict: Verdict<Principal | undefined>;
  /** What others did before, for two guards may guard one request. */
  readonly before: Admitted | undefined;
}

/** On the framework's own request object. */
const admissions = /* @__PURE__ */ createSlot<Admitted>();

/** What becomes of a request: it goes on, with fields for the application's answer, or is answered. */
export type Admission =
  | { readonly kind: "admitted"; readonly headers: readonly HeaderField[] }
  | { readonly kind: "refused"; readonly answer: Answer };

const untouched: Admission = { kind: "admitted", headers: [] };

/**
 * The whole of an adapter's work: has the guard check a request, and says whether it goes on. If it
 * does, {@link principalOf} knows who sent it. A CORS preflight goes on whatever it carries, to whatever
 * answers CORS; to a handler that asks who sent it, it is refused there.
 *
 * @param carrier the framework's object that lives as long as the request
 */
export function admit(
  guard: Guard<Principal | undefined>,
  carrier: object,
  request: AuthRequest,
  requirement?: Requirement,
): MaybePromise<Admission> {
  const { policy } = guard;
  if (isPreflight(request)) {
    return after(guard.rehearse(request, requirement), (verdict) => {
      remember(carrier, policy, verdict);
      return untouched;
    });
  }
  return after(guard.check(request, requirement), (verdict) => {
    if (verdict.kind !== "accepted") return { kind: "refused", answer: toAnswer(verdict) };
    remember(carrier, policy, verdict);
    return verdict.headers ? { kind: "admitted", headers: verdict.headers } : untouched;
  });
}

function remember(carrier: object, policy: object, verdict: Verdict<Principal | undefined>): void {
  admissions.set(carrier, { policy, verdict, before: admissions.get(carrier) });
}

/**
 * Who sent a request that {@link admit} let in.
 *
 * @throws DemandError for a CORS preflight: it has no principal, and frameworks answer as `protect` would
 * @throws ConfigurationError when the guard has not let it in, or when the type would lie: nobody on a
 * route that is not optional, or a principal of a scheme that this view does not admit
 */
export function principalOf<P extends Principal | undefined>(guard: Guard<P>, carrier: object): P {
  const { policy, admitted, isOptional } = guard;
  let found = admissions.get(carrier);
  while (found !== undefined && found.policy !== policy) found = found.before;
  if (found === undefined) {
    throw new ConfigurationError(
      "getPrincipal: this guard has not let this request in. Put protect(guard) before the handler.",
    );
  }
  const { verdict } = found;
  if (verdict.kind !== "accepted") throw new DemandError(verdict);
  const { principal } = verdict;
  if (principal === undefined) {
    if (isOptional) return principal as P;
    throw new ConfigurationError(
      "getPrincipal: the request was let in without a credential. Ask the view that guards the route: getPrincipal(guard.optional(), …).",
    );
  }
  if (!admitted.some(({ name }) => name === principal.scheme)) {
    throw new ConfigurationError(
      `getPrincipal: the request was let in by "${principal.scheme}", which this view does not admit. Ask the view that guards the route.`,
    );
  }
  return principal as P;
}
