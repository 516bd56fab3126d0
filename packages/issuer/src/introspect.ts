import { reach } from "./reach.ts";
import type { Settings } from "./settings.ts";
import { toHolder } from "./token/grant.ts";
import { readOwnToken } from "./token/own-token.ts";
import { parseRefreshToken, type RefreshToken } from "./token/refresh-token.ts";

/**
 * What is known of a token (RFC 7662 §2.2): of an access token all its claims, of a refresh token
 * those of its login, with `token_use: "refresh"` and without `token_type`, so that no API takes it.
 *
 * @example
 * const whose = (answer: Introspection) => (answer.active ? answer.sub : undefined);
 */
export type Introspection =
  | { readonly active: false }
  | {
      readonly active: true;
      readonly iss: string;
      readonly sub: string;
      readonly client_id: string;
      /** Seconds since the epoch. */
      readonly exp: number;
      readonly token_type?: "Bearer" | "DPoP";
      readonly token_use?: "refresh";
      readonly scope?: string;
      readonly [claim: string]: unknown;
    };

/** A token that somebody asks about. */
export interface SeenToken {
  readonly kind: "access" | "refresh";
  /** Whom it was issued to; absent for a first-party login. */
  readonly clientId: string | undefined;
  readonly audience: readonly string[];
}

/**
 * What a token is good for, now. That it is unknown, expired, used, revoked or none of the caller's
 * business is one answer (RFC 7662 §2.2).
 *
 * @param maySee whether the caller may be told of this token
 * @throws IssuerError `temporarily_unavailable`
 */
export async function introspect(
  settings: Settings,
  token: string,
  maySee: (token: SeenToken) => boolean = () => true,
): Promise<Introspection> {
  const presented = await parseRefreshToken(token);
  const answer = presented
    ? await introspectRefreshToken(settings, presented, maySee)
    : await introspectAccessToken(settings, token, maySee);
  return answer ?? { active: false };
}

async function introspectAccessToken(
  settings: Settings,
  text: string,
  maySee: (token: SeenToken) => boolean,
): Promise<Introspection | undefined> {
  const claims = await readOwnToken(settings, text);
  if (!claims) return undefined;
  const clientId = toHolder(settings, claims.client_id);
  const audience = [claims.aud ?? []].flat();
  if (!maySee({ kind: "access", clientId, audience })) return undefined;
  return { ...claims, active: true, token_type: claims.cnf ? "DPoP" : "Bearer" };
}

async function introspectRefreshToken(
  settings: Settings,
  { hash }: RefreshToken,
  maySee: (token: SeenToken) => boolean,
): Promise<Introspection | undefined> {
  const record = await reach(() => settings.store.find(hash));
  if (!record || record.isUsed || record.expiresAt <= settings.now()) return undefined;
  const { grant, family, expiresAt } = record;
  const { subject, clientId, audience, scopes, authenticatedAt, methods, acr, dpopKey } = grant;
  if (!maySee({ kind: "refresh", clientId, audience })) return undefined;
  return {
    active: true,
    token_use: "refresh",
    iss: settings.url,
    sub: subject,
    client_id: clientId ?? settings.defaultClientId,
    exp: expiresAt,
    sid: family,
    ...(scopes.length > 0 && { scope: scopes.join(" ") }),
    ...(authenticatedAt !== undefined && { auth_time: authenticatedAt }),
    ...(methods && { amr: methods }),
    ...(acr !== undefined && { acr }),
    ...(dpopKey !== undefined && { cnf: { jkt: dpopKey } }),
  };
}
