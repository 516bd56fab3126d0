import type * as outages from "./outages.ts";
import type * as refusals from "./refusals.ts";

/** Why a caller is refused: a closed union to switch over. */
export type RejectionReason = (typeof refusals)[keyof typeof refusals]["reason"];

/** Why the guard cannot tell now. */
export type OutageReason = (typeof outages)[keyof typeof outages]["reason"];

/** OAuth error codes that challenges and bodies carry (RFC 6750 §3.1, RFC 9449 §7.1, RFC 9470 §3). */
export type OAuthError =
  | "invalid_request"
  | "invalid_token"
  | "insufficient_scope"
  | "insufficient_user_authentication"
  | "invalid_dpop_proof"
  | "use_dpop_nonce";

/** The statuses with which callers are refused. */
export type RefusalStatus = 400 | 401 | 403 | 413 | 429;

/** A reason to refuse a caller, and what the caller is told. */
export interface Refusal<R extends string = RejectionReason> {
  readonly reason: R;
  readonly status: RefusalStatus;
  /** The OAuth code, where one exists. */
  readonly error: OAuthError | undefined;
  /** A description that is safe to send: fixed text, nothing from the request. */
  readonly description: string;
}

/** What may keep the guard from telling, and what the caller is told. */
export interface Outage<R extends string = OutageReason> {
  readonly reason: R;
  /** A description that is safe to send: fixed text. */
  readonly description: string;
}
