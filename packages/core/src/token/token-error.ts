import type { OutageReason, RejectionReason } from "../guard/refusal.ts";
import type { Details, Rejection, Unavailable } from "../guard/verdict.ts";

/**
 * What a token verifier rejects with. Switch over `reason`; `kind` tells a bad token from one that
 * cannot be checked now. The message is safe to send; the token is nowhere in it.
 *
 * @example
 * try {
 *   await verifier.verify(token);
 * } catch (error) {
 *   if (error instanceof TokenError && error.reason === "token_expired") return "log in again";
 *   throw error;
 * }
 */
export class TokenError extends Error {
  override readonly name = "TokenError";
  readonly code = "token_error";
  readonly kind: "rejected" | "unavailable";
  readonly reason: RejectionReason | OutageReason;
  readonly details: Details | undefined;

  constructor(refusal: Rejection | Unavailable) {
    super(refusal.description, refusal.kind === "unavailable" ? { cause: refusal.cause } : {});
    this.kind = refusal.kind;
    this.reason = refusal.reason;
    this.details = refusal.kind === "rejected" ? refusal.details : undefined;
  }
}
