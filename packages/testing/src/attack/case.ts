import type { RawRequest } from "../adapter-contract/exchange.ts";
import type { AttackKit } from "./kit.ts";

/** One request that a server must refuse, or, as a control, must accept. */
export interface AttackCase {
  /** A stable word in kebab-case, by which reports name it. */
  readonly id: string;
  readonly group: string;
  /** The section or the CVE that it comes from. */
  readonly source: string;
  readonly expect: "accept" | Acceptance | Refusal;
  request(kit: AttackKit): RawRequest | Promise<RawRequest>;
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
}

/** A case without what all of its group have. */
export type GroupedCase = Omit<AttackCase, "group" | "source"> & { readonly source?: string };

/** The cases of a group; their source, where they name none of their own, is the list of attacks. */
export function groupOf(group: string, cases: readonly GroupedCase[]): readonly AttackCase[] {
  return cases.map((each) => ({ source: "ATTACKS.md", ...each, group }));
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

/** The same request, byte for byte, for each case that asks for it: a replay. */
export function once(request: AttackCase["request"]): AttackCase["request"] {
  const made = new WeakMap<AttackKit, ReturnType<AttackCase["request"]>>();
  return (kit) => {
    const again = made.get(kit) ?? request(kit);
    made.set(kit, again);
    return again;
  };
}
