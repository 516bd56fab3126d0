import type { DpopKeyPair, MaybePromise, Secret } from "@countersign/core/wire";
import type { Answer } from "../credential/credential.ts";

/** An access token and what its issuer said about it. */
export interface AccessToken {
  /** How it is presented: the answer's `token_type` in lower case (RFC 6749 §7.1). */
  readonly type: string;
  readonly value: Secret;
  /** Seconds since the epoch; `undefined` when the issuer did not say. */
  readonly expiresAt: number | undefined;
}

/** A token that whoever holds it may use (RFC 6750): bound to no key. */
export interface BearerToken extends AccessToken {
  readonly type: "bearer";
}

/** A token that only the holder of its key may use (RFC 9449 §6); whoever fetched it keeps the key. */
export interface DpopToken extends AccessToken {
  readonly type: "dpop";
  readonly key: DpopKeyPair;
}

/** What an API asks for beyond a token that is good: more scope (RFC 6750 §3.1), another login (RFC 9470). */
export interface StepUpDemand {
  /** Scopes, separated by spaces. */
  readonly scope?: string;
  /** Authentication context classes, separated by spaces, in order of preference. */
  readonly acrValues?: string;
  /** Seconds since the user logged in, at most. */
  readonly maxAge?: number;
}

/** What a caller of {@link TokenSource.token} may say. */
export interface TokenRequest {
  /** Ends this caller's waiting, and nobody else's. */
  readonly signal?: AbortSignal | undefined;
  /** Rather wait than take a token that is due for renewal: the request cannot be repeated. */
  readonly fresh?: boolean;
}

/**
 * Where access tokens come from. `clientCredentials` makes one; any object of this shape is one.
 *
 * @example
 * const source: TokenSource<BearerToken> = {
 *   token: async () => ({ type: "bearer", value: toSecret(await readToken()), expiresAt: undefined }),
 *   invalidate() {},
 * };
 */
export interface TokenSource<T extends AccessToken = AccessToken> {
  /** A token that is good now: at once when there is one, later when it has to be fetched. */
  token(request?: TokenRequest): MaybePromise<T>;
  /**
   * Says that an API refused this token. Compared by value: a late refusal of a token that has been
   * replaced since does nothing.
   */
  invalidate(refused: T): void;
  /**
   * Is shown every answer to a request with one of its tokens, and says whether it has got what the
   * answer demands: `true` when the next token meets it, `false` when it cannot, `undefined` when nothing
   * is demanded. What an answer demands is read by `readDemand`.
   */
  stepUp?(
    answer: Answer,
    refused: T,
    options: { readonly signal?: AbortSignal | undefined },
  ): MaybePromise<boolean | undefined>;
}
