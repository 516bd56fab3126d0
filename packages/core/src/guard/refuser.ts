import { ConfigurationError } from "../wire/configuration-error.ts";
import { isLater } from "../wire/maybe-promise.ts";
import { admittances } from "./admittance.ts";
import { challengesFor } from "./challenges.ts";
import type { Policy } from "./guard.ts";
import type { Principal } from "./principal.ts";
import type { Requirement } from "./requirement.ts";
import type { AuthContext, Scheme } from "./scheme.ts";
import { type Rejection, rejected } from "./verdict.ts";

/** The context of a check that takes place now. */
export function contextNow({ clock, realm, resource }: Policy, rehearsal: boolean): AuthContext {
  return { now: clock.now(), realm, resource, rehearsal };
}

/**
 * What the guard says to a principal that it let in and that lacks something after all.
 *
 * @throws ConfigurationError when no guard has let it in, or none of its schemes could mend it
 */
export function refuseNow(principal: Principal, requirement: Requirement): Rejection | undefined {
  const guard = admittances.get(principal)?.view;
  if (guard === undefined) {
    throw new ConfigurationError(
      "demand: no guard has let this principal in. Pass what getPrincipal gave.",
    );
  }
  const { admitted, policy } = guard;
  const context = contextNow(policy, false);
  const shortfall = requirement.test(principal, context.now);
  if (shortfall === undefined) return undefined;
  const { refusal, ...missing } = shortfall;
  const { scheme, binding } = principal;
  // A token is sent as DPoP if it is bound to a key, and only then (RFC 9449 §7.1).
  const authScheme = binding?.type === "dpop" ? "DPoP" : undefined;
  const rejection = rejected(refusal, { ...missing, scheme, authScheme });
  // A handler does not wait: what takes time to make (a Digest nonce) is not offered.
  const isItsOwn = ({ name }: Scheme) => name === scheme;
  const asked = [...admitted.filter(isItsOwn), ...admitted.filter((each) => !isItsOwn(each))];
  const offers = asked.flatMap((each) => {
    const offer = challengesFor(rejection, [each], context);
    return isLater(offer) ? [] : offer;
  });
  if (rejection.status === 401 && offers.length === 0) {
    throw new ConfigurationError(
      "demand: no scheme of this view can show a fresher or stronger login. Ask for it where protect can offer one that can.",
    );
  }
  return { ...rejection, challenges: offers };
}
