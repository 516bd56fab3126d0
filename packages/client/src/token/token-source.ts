import type { MaybePromise, Secret } from "@countersign/core/wire";

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
}
