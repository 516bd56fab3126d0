import type { Principal } from "./principal.ts";
import type { OutageReason, RejectionReason } from "./refusal.ts";
import type { AuthRequest } from "./request.ts";
import type { Details, Verdict } from "./verdict.ts";

/**
 * What a guard decided on one request, for logs, metrics and alarms. There is no credential in it, and
 * no query, which may hold one.
 */
export interface GuardEvent {
  readonly kind: Verdict["kind"];
  /** The scheme whose credential it was, where there was one. */
  readonly scheme: string | undefined;
  /** Who was let in. */
  readonly subject: string | undefined;
  readonly reason: RejectionReason | OutageReason | undefined;
  readonly details: Details | undefined;
  /** What went wrong, where the guard could not tell. */
  readonly cause: unknown;
  readonly method: string;
  /** The URL without its query. */
  readonly url: string;
  readonly address: string | undefined;
}

/** Where a policy's events go. What a listener throws is its own affair: it changes no verdict. */
export type GuardListener = (event: GuardEvent) => void;

/** The event of a verdict. */
export function toEvent(
  { method, url, address }: AuthRequest,
  { kind, principal, scheme = principal?.scheme, reason, details, cause }: Facts,
): GuardEvent {
  return {
    kind,
    scheme,
    subject: principal?.subject,
    reason,
    details,
    cause,
    method,
    url: url.split("?")[0] ?? "",
    address,
  };
}

/** What verdicts of every kind may hold. */
type Facts = Partial<GuardEvent> &
  Pick<GuardEvent, "kind"> & { readonly principal?: Principal | undefined };
