import type { CheckedBinding, Presentation } from "../binding/presentation.ts";
import type { TokenAuthScheme } from "../guard/authorization.ts";
import type { Binding } from "../guard/principal.ts";
import { dpopRequired, dpopUnbound } from "../guard/refusals.ts";
import type { Check } from "../guard/scheme.ts";
import { type Rejection, wrong } from "../guard/verdict.ts";
import { after, type MaybePromise } from "../wire/maybe-promise.ts";
import { type BoundRequest, type ProofHolds, proofChecks } from "./verify-proof.ts";

/** A token whose binding has been read, and when it is presented. */
export interface BoundToken extends Presentation, Pick<BoundRequest, "now" | "rehearsal"> {
  readonly binding: Binding | undefined;
}

/**
 * Whether a token that is bound to a key was sent as DPoP with a proof, and one that is not was sent
 * otherwise (RFC 9449 §7.1). `undefined`: DPoP has nothing to do with it.
 */
export function checkBoundToken(
  { binding, authScheme, ...presented }: BoundToken,
  prove: (bound: BoundRequest) => Promise<ProofHolds | Rejection>,
): MaybePromise<CheckedBinding | Rejection> | undefined {
  const isDpop = authScheme === "DPoP";
  if (binding?.type !== "dpop") {
    const found = binding ? "cnf with x5t#S256" : "no cnf";
    return isDpop ? wrong(dpopUnbound, "cnf with jkt", found) : undefined;
  }
  if (!isDpop) return wrong(dpopRequired, "Authorization: DPoP", "Authorization: Bearer");
  return after(prove({ ...presented, thumbprint: binding.thumbprint }), (proven) =>
    "kind" in proven ? proven : { binding, headers: proven.headers },
  );
}

/** What {@link checkBoundToken} checks of a token that is sent in this way, in its order. */
export function boundTokenChecks(authScheme: TokenAuthScheme | undefined): readonly Check[] {
  return authScheme === "DPoP" ? [dpopUnbound, ...proofChecks] : [dpopRequired];
}
