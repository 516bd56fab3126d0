import { AuthorizationResponseError, ResponseBodyError } from "oauth4webapi";
import { ClientError, oauthFailure } from "../../client-error.ts";

const user = "Ask the user to log in once more.";
const request = "Check how the client is registered, and what the login asks for.";
const later = "Try again later.";

/** What to do about each error code a login may end with. Others are not repeated: they could hold anything. */
const advice: Readonly<Record<string, string>> = {
  // RFC 6749 §4.1.2.1
  invalid_request: request,
  unauthorized_client: request,
  access_denied: "The user or the server refused it.",
  unsupported_response_type: request,
  invalid_scope: request,
  server_error: later,
  temporarily_unavailable: later,
  // RFC 6749 §5.2, for requests that are pushed (RFC 9126 §2.3) and for devices (RFC 8628 §3.1)
  invalid_client: request,
  // RFC 8628 §3.5
  expired_token: user,
  // OpenID Connect Core §3.1.2.6
  interaction_required: user,
  login_required: user,
  account_selection_required: user,
  consent_required: user,
  // RFC 8707 §2, RFC 9470 §5
  invalid_target: request,
  unmet_authentication_requirements: user,
};

/** The error for a login that came to nothing, whatever oauth4webapi threw. */
export function toLoginFailure(error: unknown): ClientError {
  if (error instanceof ClientError) return error;
  const isAnswer =
    error instanceof AuthorizationResponseError || error instanceof ResponseBodyError;
  const code = isAnswer ? error.error : undefined;
  if (code !== undefined && Object.hasOwn(advice, code)) {
    return loginFailed(`${code}. ${advice[code]}`, code);
  }
  return loginFailed(
    isAnswer
      ? "the server gave an error that is not registered."
      : "the answer is malformed, or belongs to another login or another issuer.",
  );
}

export function loginFailed(why: string, oauthError?: string): ClientError {
  return oauthFailure(`login_failed: The login came to nothing: ${why}`, oauthError);
}
