import type { MaybePromise, Secret } from "@countersign/core/wire";

/** A request as a credential sees it: about to be sent, the credential not yet in it. */
export interface Outgoing {
  readonly method: string;
  /** A copy; changing it changes nothing. */
  readonly url: URL;
  /** `false` when the body is a stream, which can be sent only once. */
  readonly replayable: boolean;
  /** The value of a header, the generated Content-Type included. */
  header(name: string): string | undefined;
  /**
   * The exact bytes that will be sent; `undefined` when there are none.
   *
   * @throws ClientError `not_replayable` when the body is a stream
   */
  body(): MaybePromise<Uint8Array | undefined>;
}

/** An answer as a credential sees it. The body stays the caller's. */
export interface Answer {
  readonly status: number;
  /** Why this call has been sent again already; one of these reasons gains nothing any more. */
  readonly retried: readonly Retry[];
  /** The value of a header; the lines of one field are joined by ", ". */
  header(name: string): string | undefined;
}

/**
 * Why to attach anew and send once more. Each reason counts at most once a call.
 *
 * - `token`: the access token was refused, and the next one is another one.
 * - `nonce`: the server gave a nonce, which the next attachment uses (RFC 9449 §8).
 * - `challenge`: the server gave a challenge, which the next attachment answers (RFC 7616 §3.3).
 * - `step-up`: the source has got more scope, or a fresher or stronger login (RFC 9470).
 */
export type Retry = "token" | "nonce" | "challenge" | "step-up";

/** What a credential adds to one request. It is kept apart, so that redirects can leave it behind. */
export interface Attachment {
  readonly headers?: Readonly<Record<string, string | Secret>>;
  readonly query?: Readonly<Record<string, string | Secret>>;
  /** Go into the one `Cookie` field beside the caller's own. Browsers let no program write it. */
  readonly cookies?: Readonly<Record<string, string | Secret>>;
  /** Is told every answer, good ones too; says whether sending again may help. */
  answered?(answer: Answer): MaybePromise<Retry | undefined>;
}

/** What a credential may use while it attaches. */
export interface AttachContext {
  /** The caller's; `undefined` when the call has none. */
  readonly signal: AbortSignal | undefined;
  /** Milliseconds since the epoch. */
  now(): number;
}

/**
 * Proves to an API who is calling. `basic`, `apiKey` and `bearer` make the usual ones; any object of
 * this shape is one.
 *
 * @example
 * const tenant: Credential = { attach: () => ({ headers: { "x-tenant-key": toSecret(key) } }) };
 */
export interface Credential {
  /** Is asked before every sending; retries and redirects within one origin are sendings, too. */
  attach(request: Outgoing, context: AttachContext): MaybePromise<Attachment>;
}
