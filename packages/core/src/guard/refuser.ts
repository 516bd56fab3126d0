import type { Requirement } from "../requirement/requirement.ts";
import type { Principal } from "./principal.ts";
import type { Rejection } from "./verdict.ts";

/** Tests one principal now, and refuses as its guard would. */
export type Refuser = (requirement: Requirement) => Rejection | undefined;

const refusers = new WeakMap<Principal, Refuser>();

/** Remembers how the guard that let a principal in would refuse it. */
export function rememberRefuser(principal: Principal, refuser: Refuser): void {
  refusers.set(principal, refuser);
}

export function refuserOf(principal: Principal): Refuser | undefined {
  return refusers.get(principal);
}
