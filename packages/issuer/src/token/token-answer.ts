/**
 * The answer of a token endpoint (RFC 6749 §5.1): what a login route sends as it is. It holds live
 * tokens, so send it with `Cache-Control: no-store` and keep it out of logs.
 *
 * @example
 * const answer: TokenAnswer = await issuer.issue({ subject: "ada", refreshable: true });
 */
export interface TokenAnswer {
  readonly access_token: string;
  /** `DPoP` when the access token is bound to a key (RFC 9449 §5). */
  readonly token_type: "Bearer" | "DPoP";
  /** Seconds until the access token expires. */
  readonly expires_in: number;
  /** Separated by spaces; absent when the token has no scope. */
  readonly scope?: string;
  readonly refresh_token?: string;
  /** Of an exchanged token (RFC 8693 §2.2.1). */
  readonly issued_token_type?: string;
}
