/**
 * The answer of a token endpoint (RFC 6749 §5.1): what a login route sends as it is. It holds live
 * tokens, so send it with `Cache-Control: no-store` and keep it out of logs.
 *
 * @example
 * const answer: TokenAnswer = await issuer.issue({ subject: "ada", refreshable: true });
 */
export interface TokenAnswer {
  readonly access_token: string;
  readonly token_type: "Bearer";
  /** Seconds until the access token expires. */
  readonly expires_in: number;
  /** Separated by spaces; absent when the token has no scope. */
  readonly scope?: string;
  readonly refresh_token?: string;
}
