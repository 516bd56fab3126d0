import type { Challenge } from "../wire/challenge.ts";
import type { TokenAuthScheme } from "./authorization.ts";
import type { Principal } from "./principal.ts";
import type {
  OAuthError,
  Outage,
  OutageReason,
  Refusal,
  RefusalStatus,
  RejectionReason,
} from "./refusal.ts";

/** A credential holds and the requirement is met. */
export interface Accepted<P extends Principal | undefined = Principal> {
  readonly kind: "accepted";
  readonly principal: P;
  /** Fields that go with the application's answer, such as a fresh DPoP nonce. */
  readonly headers?: readonly HeaderField[] | undefined;
}

/** A header field: its name in lower case, and its value. */
export type HeaderField = readonly [name: string, value: string];

/** No: a refusal of the caller, as a value. */
export interface Rejection {
  readonly kind: "rejected";
  readonly reason: RejectionReason;
  readonly status: RefusalStatus;
  /** The OAuth error code, where one exists. */
  readonly error: OAuthError | undefined;
  /** Safe to send. */
  readonly description: string;
  /** The scheme whose credential was refused. */
  readonly scheme?: string;
  /** How the refused token was sent: that challenge says why (RFC 9449 §7.1). Absent: as Bearer. */
  readonly authScheme?: TokenAuthScheme | undefined;
  /** What the requirement asks for, for the challenge (RFC 6750 §3, RFC 9470 §3). */
  readonly demand?: Demand;
  /** What was expected and what was found: for explanations and events, not to be sent. */
  readonly details?: Details | undefined;
  /** What the answer's WWW-Authenticate says. The guard fills it in. */
  readonly challenges: readonly Challenge[];
  /** Further fields of the answer, such as a DPoP nonce. */
  readonly headers?: readonly HeaderField[] | undefined;
}

/** We cannot tell now: never an acceptance, and never a 401. */
export interface Unavailable {
  readonly kind: "unavailable";
  readonly reason: OutageReason;
  /** Safe to send. */
  readonly description: string;
  /** Whole seconds after which to try again. */
  readonly retryAfter: number;
  /** What went wrong; not to be sent. */
  readonly cause?: unknown;
}

/** The guard's answer. */
export type Verdict<P extends Principal | undefined = Principal> =
  | Accepted<P>
  | Rejection
  | Unavailable;

/** The parameters of a challenge that say what would do. */
export interface Demand {
  readonly scope?: readonly string[];
  readonly acrValues?: readonly string[];
  /** Seconds. */
  readonly maxAge?: number;
}

/** Facts about a refusal that stay on this side of the wire. */
export interface Details {
  readonly expected?: string;
  readonly found?: string;
}

/**
 * The verdict that lets a principal in.
 *
 * @param headers fields that go with the application's answer, such as a fresh DPoP nonce
 * @example
 * accepted(createPrincipal({ scheme: "badge", subject: "ada" }));
 */
export function accepted<P extends Principal | undefined>(
  principal: P,
  headers?: readonly HeaderField[],
): Accepted<P> {
  return { kind: "accepted", principal, headers };
}

/**
 * The verdict that refuses, with the status, code and text that belong to the reason.
 *
 * @param refusal one of `@countersign/core/refusals`
 * @example
 * rejected(tokenExpired, { details: { expected: "exp after 1700000000", found: "1600000000" } });
 */
export function rejected(
  refusal: Refusal,
  {
    details,
    ...more
  }: Pick<Rejection, "scheme" | "authScheme" | "demand" | "details" | "headers"> = {},
): Rejection {
  return {
    kind: "rejected",
    ...refusal,
    challenges: [],
    ...more,
    details: details && tidy(details),
  };
}

/** A refusal that tells us, and not the caller, what was found instead. */
export function wrong(refusal: Refusal, expected: string, found: unknown): Rejection {
  return rejected(refusal, { details: { expected, found: String(found) } });
}

/** Details end up in logs and terminals, and what was found is what a caller wrote. */
function tidy(details: Details): Details {
  const plain = (text = ""): string =>
    text.slice(0, 300).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "\ufffd");
  return { expected: plain(details.expected), found: plain(details.found) || "none" };
}

/**
 * The verdict that says: not now. Callers get 503 and when to try again.
 *
 * @param outage one of `@countersign/core/refusals`
 * @param more `retryAfter` in seconds (default 5), and what failed, which stays on this side of the wire
 * @example
 * unavailable(storeUnavailable, { retryAfter: 10, cause: error });
 */
export function unavailable(
  outage: Outage,
  { retryAfter = 5, cause }: { readonly retryAfter?: number; readonly cause?: unknown } = {},
): Unavailable {
  return { kind: "unavailable", ...outage, retryAfter, cause };
}
