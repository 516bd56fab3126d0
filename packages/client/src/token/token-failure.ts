import { ResponseBodyError } from "oauth4webapi";
import { ClientError } from "../client-error.ts";

/**
 * What to do about each error code a token endpoint may answer with. A code outside this list is not
 * repeated: it is the server's text, and could hold anything.
 */
const advice: Readonly<Record<string, string>> = {
  // RFC 6749 §5.2
  invalid_request: "Check audience, resource and scope against the server's documentation.",
  invalid_client: "Check clientId, clientSecret and clientAuthentication.",
  invalid_grant: "Check that the client is active at the authorization server.",
  unauthorized_client:
    "Allow this client the client_credentials grant at the authorization server.",
  unsupported_grant_type: "The authorization server does not offer client credentials.",
  invalid_scope: "Ask for scopes that this client is allowed.",
  access_denied: "Allow this client what it asks for at the authorization server.",
  // RFC 8707 §2
  invalid_target: "Check resource or audience: the authorization server does not know it.",
  // RFC 9449 §5
  invalid_dpop_proof: "The authorization server asks this client for DPoP; allow it bearer tokens.",
  use_dpop_nonce: "The authorization server asks this client for DPoP; allow it bearer tokens.",
};

/**
 * An error of a token request as a ClientError. Errors of oauth4webapi hold the answer and its body,
 * tokens included; nothing of them goes on but a registered code.
 */
export function toTokenFailure(error: unknown, status: number | undefined): ClientError {
  if (error instanceof ClientError) return error;
  const code = error instanceof ResponseBodyError ? error.error : undefined;
  if (code !== undefined && Object.hasOwn(advice, code)) {
    const message = `The authorization server refused the token request: ${code}. ${advice[code]}`;
    return new ClientError("token_request_failed", message, code);
  }
  const answer = status === undefined ? "cannot be asked" : `answered ${status}`;
  return new ClientError(
    "token_request_failed",
    `The token endpoint ${answer}, and not with a bearer token or a registered OAuth error in at most ` +
      "1 MiB of JSON (RFC 6749 §5); redirects are not followed. Check the issuer's metadata and what " +
      "stands in front of the token endpoint.",
  );
}
