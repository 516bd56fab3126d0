import type { RawRequest } from "../adapter-contract/exchange.ts";
import type { AttackContext } from "./context.ts";

/** One request that a server must refuse, or, as a control, must accept. */
export interface AttackCase<C extends AttackContext = AttackContext> {
  /** A stable word in kebab-case, by which reports name it. */
  readonly id: string;
  readonly group: string;
  /** The section or the CVE that it comes from. */
  readonly source: string;
  readonly expect: "accept" | Acceptance | Refusal;
  /**
   * Set where a good server may answer otherwise, or where no more is at stake than strictness with what the
   * issuer itself has signed: an attack that is let in is no hole then, and a control that is not is no finding.
   */
  readonly isLenient?: boolean;
  request(context: C): RawRequest | Promise<RawRequest>;
}

/** As whom a request must be accepted. */
interface Acceptance {
  readonly subject: string;
}

/** How a request must be refused. */
export interface Refusal {
  readonly status: number;
  readonly reason: string;
  /** The OAuth error, in the body and in WWW-Authenticate; absent: there must be none. */
  readonly error?: string;
  /** What WWW-Authenticate must hold besides. */
  readonly challenge?: string;
  /** Statuses that are as right from others: there is more than one way to refuse what cannot be read. */
  readonly also?: readonly number[];
}

/** A case without what all of its group have. */
export type GroupedCase<C extends AttackContext = AttackContext> = Omit<
  AttackCase<C>,
  "group" | "source"
> & { readonly source?: string };

/** The cases of a group, and the source of those that name none of their own. */
export function groupOf<C extends AttackContext = AttackContext>(
  group: string,
  source: string,
  cases: readonly GroupedCase<C>[],
): readonly AttackCase<C>[] {
  return cases.map((each) => ({ source, ...each, group }));
}

export const invalidToken = (reason: string): Refusal => ({
  status: 401,
  error: "invalid_token",
  reason,
});
export const invalidProof = (reason: string): Refusal => ({
  status: 401,
  error: "invalid_dpop_proof",
  reason,
});
export const invalidRequest = (reason: string): Refusal => ({
  status: 400,
  error: "invalid_request",
  reason,
});
export const malformed = invalidToken("token_malformed");
export const wrongAlgorithm = invalidToken("algorithm_not_allowed");
export const wrongSignature = invalidToken("signature_invalid");
export const unknownKey = invalidToken("key_not_found");
export const wrongClaim = invalidToken("claim_invalid");

/** What is made once for each endpoint, and had again by whoever asks for it: a replay, for one. */
export function once<C extends AttackContext, T>(make: (context: C) => T): (context: C) => T {
  const made = new WeakMap<C, { readonly value: T }>();
  return (context) => {
    const again = made.get(context) ?? { value: make(context) };
    made.set(context, again);
    return again.value;
  };
}
