import type { Principal } from "../guard/principal.ts";
import type { OutageReason } from "../guard/refusal.ts";
import type { Check } from "../guard/scheme.ts";
import type { Verdict } from "../guard/verdict.ts";
import type { Step } from "./explanation.ts";

/** The step that failed. */
export type Failure = Step & { readonly check: Check["reason"]; readonly outcome: "failed" };

const expectedOf: Readonly<Record<OutageReason, string>> = {
  keys_unavailable: "the keys of the token's issuer",
  throttle_unavailable: "the count of attempts from the throttle",
  introspection_unavailable: "the issuer's answer about the token",
  store_unavailable: "an answer from the scheme's store",
};

/** What failed, if a verdict is no acceptance. */
export function toFailure(verdict: Verdict<Principal | undefined>): Failure | undefined {
  if (verdict.kind === "accepted") return undefined;
  if (verdict.kind === "unavailable") {
    const { reason: check, cause } = verdict;
    return { check, outcome: "failed", expected: expectedOf[check], found: nameOf(cause) };
  }
  const { reason: check, details, scheme } = verdict;
  return { check, outcome: "failed", ...(scheme !== undefined && { scheme }), ...details };
}

/** A message may quote anything, even a credential. The event of a check has the whole error. */
function nameOf(cause: unknown): string {
  if (!(cause instanceof Error)) return "no answer";
  return /^[A-Za-z]{1,50}$/.test(cause.name) ? `a thrown ${cause.name}` : "a thrown Error";
}
