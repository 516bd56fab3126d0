import type { Grant } from "@countersign/core/state";
import { ConfigurationError, type MaybePromise } from "@countersign/core/wire";
import { IssuerError } from "./issuer-error.ts";
import type { Settings } from "./settings.ts";
import { answerWithAccessToken } from "./token/access-token.ts";
import { toAudience } from "./token/audience.ts";
import { toClaims } from "./token/grant.ts";
import { type OwnClaims, readOwnToken } from "./token/own-token.ts";
import { narrowScope, parseScope } from "./token/scope.ts";
import type { TokenAnswer } from "./token/token-answer.ts";

/**
 * What a client asks to exchange (RFC 8693 §2.1): access tokens of this issuer that are good now.
 *
 * @example
 * const isForStock = ({ targets }: ExchangeRequest) => targets.includes("https://stock.example.com");
 */
export interface ExchangeRequest {
  /** The client that asks, and has authenticated. */
  readonly clientId: string;
  /** The claims of the `subject_token`: on whose behalf. */
  readonly subject: Readonly<Record<string, unknown>>;
  /** The claims of the `actor_token`, if there is one: who acts. Otherwise the client does. */
  readonly actor: Readonly<Record<string, unknown>> | undefined;
  /** `audience` and `resource`: what the new token is for. */
  readonly targets: readonly string[];
  /** What is asked for; absent: whatever there is. */
  readonly scopes: readonly string[] | undefined;
}

/**
 * What an exchange may give: nothing of the exchanged token's scopes and roles goes along by itself.
 *
 * @example
 * const grant: ExchangeGrant = { audience: "https://stock.example.com", scope: "stock:read" };
 */
export interface ExchangeGrant {
  readonly audience: string | readonly string[];
  /** The most that the client may have; it is given what it asked for of it. */
  readonly scope: string | readonly string[];
  readonly roles?: readonly string[];
  /** Further claims, as in {@link IssueOptions.claims}. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

/**
 * Decides about an exchange. Whatever it does not grant is denied.
 *
 * @example
 * const exchange: ExchangePolicy = ({ clientId, targets }) =>
 *   clientId === "gateway" && targets.includes("https://stock.example.com")
 *     ? { audience: "https://stock.example.com", scope: "stock:read" }
 *     : undefined;
 */
export type ExchangePolicy = (request: ExchangeRequest) => MaybePromise<ExchangeGrant | undefined>;

/** An exchange as it comes, its tokens still to be checked. */
export interface ExchangeParameters {
  readonly clientId: string;
  readonly subjectToken: string;
  readonly actorToken: string | undefined;
  readonly targets: readonly string[];
  readonly scope: string | undefined;
  readonly dpopKey: string | undefined;
}

const accessTokenType = "urn:ietf:params:oauth:token-type:access_token";

/** RFC 8693 §3; an access token of ours is a JWT as well. */
export const exchangeableTypes: readonly string[] = [
  accessTokenType,
  "urn:ietf:params:oauth:token-type:jwt",
];

/**
 * Gives an access token for another (RFC 8693). The new one names who acts, on top of whoever acted
 * before (`act`, §4.1), lives no longer than the old one, and ends with the same login.
 *
 * @throws IssuerError `invalid_request`, `invalid_target`, `unauthorized_client`, `invalid_scope`,
 * `temporarily_unavailable`
 */
export async function exchange(
  settings: Settings,
  policy: ExchangePolicy,
  parameters: ExchangeParameters,
): Promise<TokenAnswer> {
  const { clientId, targets, dpopKey, scope } = parameters;
  const subject = await requireToken(settings, parameters.subjectToken, "subject_token");
  const actor =
    parameters.actorToken === undefined
      ? undefined
      : await requireToken(settings, parameters.actorToken, "actor_token");
  const scopes = scope === undefined ? undefined : parseScope(scope);

  const allowed = await policy({ clientId, subject, actor, targets, scopes });
  if (!allowed) throw denied(targets);
  const grant = toExchangedGrant(clientId, subject, actor, allowed);
  const answer = await answerWithAccessToken(settings, grant, {
    scopes: narrowScope(grant.scopes, scopes),
    family: typeof subject.sid === "string" ? subject.sid : undefined,
    notAfter: Math.min(subject.exp, actor?.exp ?? subject.exp),
    dpopKey,
    now: settings.now(),
  });
  return { ...answer, issued_token_type: accessTokenType };
}

/** RFC 8693 §2.2.2: a bad token is an `invalid_request`. */
async function requireToken(settings: Settings, text: string, name: string): Promise<OwnClaims> {
  const claims = await readOwnToken(settings, text);
  if (claims) return claims;
  throw new IssuerError("invalid_request", `The ${name} is no valid access token of this issuer.`);
}

function toExchangedGrant(
  clientId: string,
  subject: OwnClaims,
  actor: OwnClaims | undefined,
  allowed: ExchangeGrant,
): Grant {
  const { auth_time, amr, acr, act } = subject;
  return {
    subject: subject.sub,
    clientId,
    audience: toAudience(allowed.audience),
    scopes: toGrantedScopes(allowed.scope),
    claims: {
      ...toClaims(allowed.claims),
      ...(allowed.roles && { roles: allowed.roles }),
      act: { sub: actor?.sub ?? clientId, ...(act !== undefined && { act }) },
    },
    ...(typeof auth_time === "number" && { authenticatedAt: auth_time }),
    ...(Array.isArray(amr) && { methods: amr }),
    ...(typeof acr === "string" && { acr }),
  };
}

/** What is wrong with a policy is not the caller's fault. */
function toGrantedScopes(scope: ExchangeGrant["scope"]): readonly string[] {
  try {
    return parseScope(scope);
  } catch {
    throw new ConfigurationError("exchange granted a scope that is no list of scope tokens.");
  }
}

function denied(targets: readonly string[]): IssuerError {
  return targets.length > 0
    ? new IssuerError("invalid_target", "This exchange is not allowed for this target.")
    : new IssuerError("unauthorized_client", "This client may not exchange this token.");
}
