import { ConfigurationError } from "../wire/configuration-error.ts";
import { challengesFor } from "./challenges.ts";
import type { Principal } from "./principal.ts";
import type { Requirement } from "./requirement.ts";
import type { AuthContext, Scheme } from "./scheme.ts";
import { type Rejection, rejected } from "./verdict.ts";

/** How the guard that let a principal in refuses it. */
export interface Refuser {
  readonly scheme: Scheme;
  readonly admitted: readonly Scheme[];
  readonly authScheme: Rejection["authScheme"];
  /** The context of a check that takes place now. */
  context(): AuthContext;
}

const refusers = new WeakMap<Principal, Refuser>();

/** Remembers how a principal would be refused, for what only its handler will ask. */
export function rememberRefuser(principal: Principal, refuser: Refuser): void {
  refusers.set(principal, refuser);
}

/**
 * What the guard says to a principal that it let in and that lacks something after all.
 *
 * @throws ConfigurationError when no guard has let it in, or none of its schemes could mend it
 */
export function refuseNow(principal: Principal, requirement: Requirement): Rejection | undefined {
  const refuser = refusers.get(principal);
  if (refuser === undefined) {
    throw new ConfigurationError(
      "demand: no guard has let this principal in. Pass what getPrincipal gave.",
    );
  }
  const { scheme, admitted, authScheme } = refuser;
  const context = refuser.context();
  const shortfall = requirement.test(principal, context.now);
  if (shortfall === undefined) return undefined;
  const rejection = rejected(shortfall.reason, { ...shortfall, scheme: scheme.name, authScheme });
  // A handler does not wait: what takes time to make (a Digest nonce) is not offered.
  const offers = [scheme, ...admitted.filter((other) => other !== scheme)].flatMap((each) => {
    const offer = challengesFor(rejection, [each], context);
    return offer instanceof Promise ? [] : offer;
  });
  if (rejection.status === 401 && offers.length === 0) {
    throw new ConfigurationError(
      "demand: no scheme of this view can show a fresher or stronger login. Ask for it where protect can offer one that can.",
    );
  }
  return { ...rejection, challenges: offers };
}
