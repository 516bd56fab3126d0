/**
 * Why a call could not be made or ended without an answer. Stable: switch over it.
 *
 * - `origin_not_allowed`: the request goes to an origin the credential is not for, or its URL holds a
 *   user name or a password.
 * - `unsendable_credential`: the request already has what the credential writes, or the credential's
 *   value cannot be sent.
 * - `not_replayable`: the request has to be sent again, and its body was a one-shot stream.
 * - `redirect_refused`: to what is not encrypted, or no http(s) URL without user name and password; the
 *   21st of a call; one that a browser hides; or any, where the call says `redirect: "error"`.
 * - `request_failed`: a network failure whose native error might show a credential of the query.
 * - `discovery_failed`: the issuer's metadata is missing, malformed or not the issuer's.
 * - `token_endpoint_unreachable`: the authorization server gave no usable answer; try again later.
 * - `token_request_failed`: the authorization server refused, or answered what is no token.
 * - `login_failed`: a login was refused, ran out, or its callback is not its own.
 * - `reauthentication_required`: the login has ended; only the user can begin another.
 * - `token_store_failed`: the store or the lock gave no answer, or holds something else.
 */
export type ClientErrorCode =
  | "origin_not_allowed"
  | "unsendable_credential"
  | "not_replayable"
  | "redirect_refused"
  | "request_failed"
  | "discovery_failed"
  | "token_endpoint_unreachable"
  | "token_request_failed"
  | "login_failed"
  | "reauthentication_required"
  | "token_store_failed";

/** A code, and in a sentence what to do. */
export type ClientErrorMessage = `${ClientErrorCode}: ${string}`;

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
  declare readonly code: ClientErrorCode;
  /** The registered OAuth error code behind it, where there is one: `invalid_client`, `access_denied`, … */
  declare readonly oauthError?: string | undefined;

  constructor(message: ClientErrorMessage) {
    super(message);
    this.code = message.split(":")[0] as ClientErrorCode;
  }
}

/** An error with the OAuth error code that an authorization server answered. */
export function oauthFailure(
  message: ClientErrorMessage,
  oauthError: string | undefined,
): ClientError {
  return Object.assign(new ClientError(message), { oauthError });
}

/** @throws ClientError that says what to do, unless the condition holds */
export function ensure(condition: unknown, message: ClientErrorMessage): asserts condition {
  if (!condition) throw new ClientError(message);
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
