/**
 * Why a call could not be made or ended without an answer. Stable: switch over it.
 *
 * - `origin_not_allowed`: the request goes to an origin the credential is not for.
 * - `url_with_credentials`: the URL holds a user name or a password.
 * - `conflicting_credentials`: the request already has what the credential wants to write.
 * - `unsendable_credential`: the credential gave a value that no header can carry.
 * - `not_replayable`: the request has to be sent again, and its body was a one-shot stream.
 * - `insecure_redirect`: a redirect from https to http, or to http elsewhere than on this machine.
 * - `invalid_redirect`: a redirect to something that is no plain http(s) URL.
 * - `redirect_refused`: a redirect although the call said `redirect: "error"`.
 * - `opaque_redirect`: this runtime (a browser) hides redirects, so that they cannot be made safe.
 * - `too_many_redirects`: more than 20 of them.
 * - `request_failed`: a network failure whose native error might show a credential of the query.
 * - `discovery_failed`: the issuer's metadata is missing, malformed or not the issuer's.
 * - `token_endpoint_unreachable`: the authorization server gave no usable answer; try again later.
 * - `token_request_failed`: the authorization server refused, or answered what is no token.
 */
export type ClientErrorCode =
  | "origin_not_allowed"
  | "url_with_credentials"
  | "conflicting_credentials"
  | "unsendable_credential"
  | "not_replayable"
  | "insecure_redirect"
  | "invalid_redirect"
  | "redirect_refused"
  | "opaque_redirect"
  | "too_many_redirects"
  | "request_failed"
  | "discovery_failed"
  | "token_endpoint_unreachable"
  | "token_request_failed";

/**
 * Thrown while calling. The message says what to do; neither it nor any property holds a secret, and
 * there is no `cause`, because the causes hold requests and answers.
 *
 * @example
 * try {
 *   await api("https://api.example.com/orders");
 * } catch (error) {
 *   if (error instanceof ClientError && error.code === "token_endpoint_unreachable") retryLater();
 *   else throw error;
 * }
 */
export class ClientError extends Error {
  override readonly name = "ClientError";
  readonly code: ClientErrorCode;
  /** The registered OAuth error code of a `token_request_failed`, for example `invalid_client`. */
  readonly oauthError: string | undefined;

  constructor(code: ClientErrorCode, message: string, oauthError?: string) {
    super(message);
    this.code = code;
    this.oauthError = oauthError;
  }
}

/**
 * The system's code for a network failure (`ECONNREFUSED`, …), in brackets, or nothing. It alone is
 * taken from foreign errors: some runtimes put the whole URL into the rest.
 */
export function describeFailure(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const code =
    (cause as { code?: unknown } | undefined)?.code ?? (error as { code?: unknown })?.code;
  return typeof code === "string" && /^[A-Z_]{3,40}$/.test(code) ? ` (${code})` : "";
}
