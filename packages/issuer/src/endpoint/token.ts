import type { KnownClient } from "../client.ts";
import { IssuerError } from "../issuer-error.ts";
import { refresh } from "../refresh.ts";
import type { Settings } from "../settings.ts";
import { answerWithAccessToken } from "../token/access-token.ts";
import { narrowScope } from "../token/scope.ts";
import type { TokenAnswer } from "../token/token-answer.ts";
import { answerOnce } from "./answer.ts";
import { authenticateClient } from "./authenticate-client.ts";
import { type Form, readForm } from "./read-form.ts";

type GrantType = (
  settings: Settings,
  client: KnownClient | undefined,
  form: Form,
) => Promise<TokenAnswer>;

const grantTypes: ReadonlyMap<string, GrantType> = new Map([
  ["client_credentials", grantClientCredentials],
  ["refresh_token", grantRefreshToken],
]);

/** What `grant_type` may be. */
export const grantTypeNames: readonly string[] = [...grantTypes.keys()];

/** The token endpoint (RFC 6749 §3.2). */
export async function serveToken(settings: Settings, request: Request): Promise<Response> {
  const form = await readForm(request);
  const grant = grantTypes.get(requireParameter(form, "grant_type"));
  if (!grant) throw new IssuerError("unsupported_grant_type", "This grant_type is not supported.");
  const client = await authenticateClient(settings, request.headers, form);
  return answerOnce(await grant(settings, client, form));
}

/** @throws IssuerError `invalid_request` */
export function requireParameter(form: Form, name: string): string {
  const value = form.get(name);
  if (value !== undefined) return value;
  throw new IssuerError("invalid_request", `The parameter ${name} is missing.`);
}

/** RFC 6749 §4.4: a client for itself. Its id is the subject (RFC 9068 §2.2); no refresh token. */
async function grantClientCredentials(
  settings: Settings,
  client: KnownClient | undefined,
  form: Form,
): Promise<TokenAnswer> {
  if (!client) throw new IssuerError("invalid_client", "This grant needs client authentication.");
  if (!client.scopes) {
    throw new IssuerError("unauthorized_client", "This client may not use client_credentials.");
  }
  const { id } = client;
  const scopes = narrowScope(client.scopes, form.get("scope"));
  const grant = { subject: id, clientId: id, audience: settings.audience, scopes };
  return answerWithAccessToken(settings, grant, { scopes, now: settings.now() });
}

/** RFC 6749 §6. */
function grantRefreshToken(
  settings: Settings,
  client: KnownClient | undefined,
  form: Form,
): Promise<TokenAnswer> {
  const token = requireParameter(form, "refresh_token");
  return refresh(settings, token, { clientId: client?.id, scope: form.get("scope") });
}
