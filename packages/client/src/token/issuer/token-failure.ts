import { type ClientError, oauthFailure } from "../../client-error.ts";

const registration = "Check how this client is registered: id, authentication, grants, scopes.";
const request = "Check scope, resource and audience.";
const dpop = "It wants tokens bound to a key: pass dpop: dpopKeys().";

/**
 * What to do about each error code a token endpoint may answer with. A code outside this list is not
 * repeated: it is the server's text, and could hold anything.
 */
const advice: Readonly<Record<string, string>> = {
  // RFC 6749 §5.2
  invalid_request: request,
  invalid_client: registration,
  invalid_grant: "What was presented has expired, been used or been revoked.",
  unauthorized_client: registration,
  unsupported_grant_type: registration,
  invalid_scope: request,
  access_denied: registration,
  // RFC 8707 §2
  invalid_target: request,
  // RFC 9449 §5 and §8
  invalid_dpop_proof: dpop,
  use_dpop_nonce: dpop,
};

/**
 * The error for an answer that is no success. Nothing of the answer goes on but a registered code.
 *
 * @param code the answer's `error`
 * @param known further codes and what to do about them
 */
export function tokenRefusal(
  code: unknown,
  status: number,
  known: Readonly<Record<string, string>> = {},
): ClientError {
  const all = { ...advice, ...known };
  if (typeof code === "string" && Object.hasOwn(all, code)) {
    const message = `The authorization server refused: ${code}. ${all[code]}`;
    return oauthFailure(`token_request_failed: ${message}`, code);
  }
  return unusableAnswer(status);
}

/** The error for an answer that is neither tokens nor a registered error. */
export function unusableAnswer(status: number): ClientError {
  return oauthFailure(
    `token_request_failed: The authorization server answered ${status}, with neither a token of the wanted type nor a registered error (RFC 6749 §5). Check the issuer, and what stands in front of it.`,
    undefined,
  );
}
