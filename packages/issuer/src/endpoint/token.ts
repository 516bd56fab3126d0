import type { KnownClient } from "../client/registered-client.ts";
import { exchange, exchangeableTypes } from "../exchange.ts";
import type { GrantRequest } from "../extension-grant.ts";
import { IssuerError } from "../issuer-error.ts";
import { refresh } from "../refresh.ts";
import type { Settings } from "../settings.ts";
import { answerWithAccessToken } from "../token/access-token.ts";
import { narrowScope } from "../token/scope.ts";
import type { TokenAnswer } from "../token/token-answer.ts";
import { answerOnce } from "./answer.ts";
import { authenticateClient } from "./authenticate-client.ts";
import { proveKey } from "./prove-key.ts";
import { type Form, readForm, requireParameter } from "./read-form.ts";

/** Who asks for a token, and with what. */
interface TokenRequest {
  readonly settings: Settings;
  readonly client: KnownClient | undefined;
  readonly form: Form;
  /** The thumbprint of the key that the request proved to hold. */
  readonly dpopKey: string | undefined;
}

type GrantType = (request: TokenRequest & GrantRequest) => Promise<TokenAnswer>;

const tokenExchange = "urn:ietf:params:oauth:grant-type:token-exchange";
const grantTypes: ReadonlyMap<string, GrantType> = new Map([
  ["client_credentials", grantClientCredentials],
  ["refresh_token", grantRefreshToken],
  [tokenExchange, grantTokenExchange],
]);

/** What `grant_type` may be. */
export function grantTypeNames({ exchange, grants }: Settings): readonly string[] {
  const ours = [...grantTypes.keys()].filter((name) => name !== tokenExchange || exchange);
  return [...ours, ...grants.keys()];
}

/** The token endpoint (RFC 6749 §3.2). */
export async function serveToken(settings: Settings, request: Request): Promise<Response> {
  const form = await readForm(request);
  const name = requireParameter(form, "grant_type");
  const grant = grantTypes.get(name) ?? settings.grants.get(name);
  if (!grant) throw unsupported();
  const client = await authenticateClient(settings, request, form);
  const key = await proveKey(settings, request);
  const asked = { settings, client, clientId: client?.id, form, dpopKey: key?.thumbprint };
  const answer = await grant(asked);
  return answerOnce(answer, { headers: Object.fromEntries(key?.headers ?? []) });
}

/** RFC 6749 §4.4: a client for itself. Its id is the subject (RFC 9068 §2.2); no refresh token. */
async function grantClientCredentials({
  settings,
  client,
  form,
  dpopKey,
}: TokenRequest): Promise<TokenAnswer> {
  const { id, scopes: allowed } = requireAuthentication(client);
  if (!allowed) {
    throw new IssuerError("unauthorized_client", "This client may not use client_credentials.");
  }
  const scopes = narrowScope(allowed, form.get("scope"));
  const grant = { subject: id, clientId: id, audience: settings.audience, scopes };
  return answerWithAccessToken(settings, grant, { scopes, dpopKey, now: settings.now() });
}

/** RFC 6749 §6. */
function grantRefreshToken({
  settings,
  client,
  form,
  dpopKey,
}: TokenRequest): Promise<TokenAnswer> {
  const token = requireParameter(form, "refresh_token");
  return refresh(settings, token, { clientId: client?.id, scope: form.get("scope"), dpopKey });
}

/** RFC 8693 §2.1. */
async function grantTokenExchange({
  settings,
  client,
  form,
  dpopKey,
}: TokenRequest): Promise<TokenAnswer> {
  const policy = settings.exchange;
  if (!policy) throw unsupported();
  const { id } = requireAuthentication(client);
  const subjectToken = requireParameter(form, "subject_token");
  requireAccessToken(requireParameter(form, "subject_token_type"), "subject_token_type");
  const requested = form.get("requested_token_type");
  if (requested !== undefined) requireAccessToken(requested, "requested_token_type");
  const actorToken = form.get("actor_token");
  if (actorToken !== undefined) {
    requireAccessToken(requireParameter(form, "actor_token_type"), "actor_token_type");
  } else if (form.has("actor_token_type")) {
    throw new IssuerError("invalid_request", "actor_token_type needs an actor_token.");
  }
  const targets = [form.get("audience") ?? [], form.get("resource") ?? []].flat();
  const scope = form.get("scope");
  const parameters = { clientId: id, subjectToken, actorToken, targets, scope, dpopKey };
  return exchange(settings, policy, parameters);
}

function requireAccessToken(type: string, name: string): void {
  if (exchangeableTypes.includes(type)) return;
  throw new IssuerError("invalid_request", `The ${name} must be that of an access token.`);
}

function unsupported(): IssuerError {
  return new IssuerError("unsupported_grant_type", "This grant_type is not supported.");
}

function requireAuthentication(client: KnownClient | undefined): KnownClient {
  if (!client) throw new IssuerError("invalid_client", "This grant needs client authentication.");
  if (client.isConfidential) return client;
  throw new IssuerError("unauthorized_client", "This grant is for confidential clients alone.");
}
