/**
 * The codes of RFC 6749 §5.2, of the grants and endpoints beside it, `temporarily_unavailable`
 * (§4.1.2.1) for "we cannot tell now", and our own `too_many_requests`.
 *
 * @example
 * const mustLogInAgain = (code: IssuerErrorCode) => code === "invalid_grant";
 */
export type IssuerErrorCode =
  | "invalid_request"
  | "invalid_client"
  | "invalid_grant"
  | "unauthorized_client"
  | "unsupported_grant_type"
  | "invalid_scope"
  /** RFC 8693 §2.2.2. */
  | "invalid_target"
  /** RFC 7009 §2.2.1. */
  | "unsupported_token_type"
  /** RFC 9449 §5 and §8. */
  | "invalid_dpop_proof"
  | "use_dpop_nonce"
  /** RFC 8628 §3.5, for device grants among {@link IssuerOptions.grants}. */
  | "authorization_pending"
  | "slow_down"
  | "expired_token"
  /** Of a cookie session that another site's page may be using, and of a user who said no. */
  | "access_denied"
  | "too_many_requests"
  | "temporarily_unavailable";

/** What an {@link IssuerError} is made with. */
interface IssuerErrorOptions extends ErrorOptions {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Thrown when the issuer refuses a caller, or cannot answer one. `JSON.stringify` gives the body of
 * RFC 6749 §5.2; the message is safe to send and holds no token. Of an unavailable store, `cause`
 * is what it threw: that is for logs, not for callers.
 *
 * @example
 * try {
 *   return Response.json(await issuer.refresh(token));
 * } catch (error) {
 *   if (!(error instanceof IssuerError)) throw error;
 *   return Response.json(error, { status: error.status, headers: error.headers });
 * }
 */
export class IssuerError extends Error {
  override readonly name = "IssuerError";
  readonly error: IssuerErrorCode;
  /** The HTTP status that fits: 401 for `invalid_client`, 403, 429 and 503 where the code says so, 400 else. */
  readonly status: number;
  /** Fields that belong to the answer: `retry-after`, `dpop-nonce`. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(error: IssuerErrorCode, description: string, options: IssuerErrorOptions = {}) {
    super(description, options);
    this.error = error;
    this.status = options.status ?? statusOf(error);
    this.headers = Object.freeze({ "cache-control": "no-store", ...options.headers });
  }

  toJSON(): { error: IssuerErrorCode; error_description: string } {
    return { error: this.error, error_description: this.message };
  }
}

const statuses: Partial<Record<IssuerErrorCode, number>> = {
  invalid_client: 401,
  access_denied: 403,
  too_many_requests: 429,
  temporarily_unavailable: 503,
};

function statusOf(error: IssuerErrorCode): number {
  return statuses[error] ?? 400;
}
