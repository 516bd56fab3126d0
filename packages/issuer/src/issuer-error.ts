/**
 * The codes of RFC 6749 §5.2, and `temporarily_unavailable` (§4.1.2.1) for "we cannot tell now":
 * a store or the keys gave no answer.
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
  | "temporarily_unavailable";

/**
 * Thrown when the issuer refuses a caller, or cannot answer one. `JSON.stringify` gives the body of
 * RFC 6749 §5.2; the message is safe to send and holds no token. Of an unavailable store, `cause`
 * is what it threw: that is for logs, not for callers.
 *
 * @example
 * try {
 *   return Response.json(await issuer.refresh(token));
 * } catch (error) {
 *   if (error instanceof IssuerError) return Response.json(error, { status: error.status });
 *   throw error;
 * }
 */
export class IssuerError extends Error {
  override readonly name = "IssuerError";
  readonly error: IssuerErrorCode;
  /** The HTTP status that fits: 401 for `invalid_client`, 503 for unavailable, 400 else. */
  readonly status: number;

  constructor(
    error: IssuerErrorCode,
    description: string,
    options: ErrorOptions & { status?: number } = {},
  ) {
    super(description, options);
    this.error = error;
    this.status = options.status ?? statusOf(error);
  }

  toJSON(): { error: IssuerErrorCode; error_description: string } {
    return { error: this.error, error_description: this.message };
  }
}

function statusOf(error: IssuerErrorCode): number {
  if (error === "invalid_client") return 401;
  return error === "temporarily_unavailable" ? 503 : 400;
}
