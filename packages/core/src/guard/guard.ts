import type { Clock } from "../wire/clock.ts";
import type { MaybePromise } from "../wire/maybe-promise.ts";
import type { GuardListener } from "./event.ts";
import type { Principal } from "./principal.ts";
import type { Reach, ReachOptions } from "./reach.ts";
import type { AuthRequest } from "./request.ts";
import type { Requirement } from "./requirement.ts";
import type { Scheme } from "./scheme.ts";
import type { Tell } from "./tell.ts";
import type { GuessLimits } from "./throttle.ts";
import type { Verdict } from "./verdict.ts";

/**
 * One policy: which credentials are taken, and how they are checked. The same value guards any
 * framework; views of it admit fewer schemes and share its caches.
 */
export interface Guard<P extends Principal | undefined = Principal> {
  /** Finds, checks and judges the credential of a request. Never throws for what a caller sent. */
  check(request: AuthRequest, requirement?: Requirement): MaybePromise<Verdict<P>>;
  /**
   * What `check` would say, with nothing reserved, counted or noted, and nobody told: so that the same
   * request can still be checked. It looks users and keys up, and asks issuers, as `check` does.
   */
  rehearse(request: AuthRequest, requirement?: Requirement): MaybePromise<Verdict<P>>;
  /** A view that admits these schemes alone. */
  only<N extends NonNullable<P>["scheme"]>(
    ...names: N[]
  ): Guard<Extract<P, { readonly scheme: N } | undefined>>;
  /** A view that also lets in who presents no credential; a bad one is refused all the same. */
  optional(): Guard<P | undefined>;
  /** What all views share; it tells one policy from another. */
  readonly policy: Policy;
  /** The schemes that this view admits. */
  readonly admitted: readonly Scheme[];
  /** Whether this view is optional. */
  readonly isOptional: boolean;
}

/** What all views of a guard share. */
export interface Policy extends Reach {
  /** All schemes, in the order in which they are asked for a credential of theirs. */
  readonly schemes: readonly Scheme[];
  readonly realm: string | undefined;
  /** The service's own URL, if challenges for tokens say where its metadata is (RFC 9728 §5.1). */
  readonly resource: URL | undefined;
  readonly clock: Clock;
  readonly throttle: GuessLimits | undefined;
  /** Takes the verdicts of every view. */
  readonly tell: Tell;
}

/** How a guard is made. */
export interface GuardOptions<S extends readonly Scheme[]> extends ReachOptions {
  /** The schemes, each with a name of its own. A 401 offers them in this order. */
  readonly schemes: S;
  /** The protection space that challenges name (RFC 9110 §11.5). */
  readonly realm?: string;
  /**
   * Whether the Bearer and DPoP challenges of a 401 say where the service publishes its metadata
   * (`resource_metadata`, RFC 9728 §5.1), so that a client finds out by itself whose tokens it needs.
   * Needs publicUrl: for `https://api.example.com/v1` that is
   * `https://api.example.com/.well-known/oauth-protected-resource/v1` (§3.1), and there
   * `resourceMetadata(guard)` of `@countersign/core/openapi` is to be served. Default: false.
   */
  readonly resourceMetadata?: boolean;
  /** The time, for tests. Default: `Date`. */
  readonly clock?: Clock;
  /** Limits on guesses of passwords and of other secrets that can be guessed. Default: none. */
  readonly throttle?: GuessLimits;
  /** Is told every verdict, for logs, metrics and alarms. */
  readonly onEvent?: GuardListener;
}
