import { equalInConstantTime, sha256 } from "@countersign/core/wire";
import { type GrantRequest, IssuerError, type TokenAnswer } from "@countersign/issuer";
import type { AuthorizationRequest } from "./authorization-request.ts";
import { issueLogin } from "./issue-login.ts";
import type { CodeTicket, Provider } from "./provider.ts";

/** In seconds. */
export const codeLifetime = 60;

/** The authorization code grant (RFC 6749 §4.1.3) with PKCE (RFC 7636 §4.5). */
export async function grantCode(provider: Provider, asked: GrantRequest): Promise<TokenAnswer> {
  const { form, clientId } = asked;
  const challenge = await sha256(form.get("code_verifier") ?? "");
  // From here on nothing waits until the code is used up: of many at once one gets an answer.
  const ticket = provider.codes.find(form.get("code"));
  if (ticket === undefined || ticket.request.clientId !== clientId) {
    throw refused("The code is unknown, expired, or another client's.");
  }
  if (ticket.answer !== undefined) {
    await takeBack(provider, ticket.answer);
    throw refused("The code has been used.");
  }
  refuseAnothers(ticket.request, asked, challenge);
  ticket.answer = answerCode(provider, ticket, asked);
  return ticket.answer;
}

/** @throws IssuerError unless it is the one who made the request that comes for its answer */
function refuseAnothers(
  { parameters, codeChallenge }: AuthorizationRequest,
  { form, dpopKey }: GrantRequest,
  challenge: string,
): void {
  if (form.get("redirect_uri") !== parameters.get("redirect_uri")) {
    throw refused("The redirect_uri is not that of the authorization request.");
  }
  if (!equalInConstantTime(challenge, codeChallenge)) {
    throw refused("The code_verifier is missing, or not that of the code_challenge.");
  }
  const boundTo = parameters.get("dpop_jkt");
  if (boundTo !== undefined && boundTo !== dpopKey) {
    throw refused("The code is bound to another key (RFC 9449 §10).");
  }
}

function answerCode(
  provider: Provider,
  { request, login }: CodeTicket,
  asked: GrantRequest,
): Promise<TokenAnswer> {
  const { parameters, clientId, scope } = request;
  const resource = asked.form.get("resource") ?? parameters.get("resource");
  const nonce = parameters.get("nonce");
  return issueLogin(provider, { clientId, login, scope, nonce, resource }, asked);
}

/** Somebody else has the code too. */
async function takeBack({ issuer }: Provider, answer: Promise<TokenAnswer>): Promise<void> {
  const given = await answer.catch(() => undefined);
  if (given !== undefined) await issuer.revoke(given.refresh_token ?? given.access_token);
}

function refused(description: string): IssuerError {
  return new IssuerError("invalid_grant", description);
}
