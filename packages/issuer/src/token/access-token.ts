import type { Grant } from "@countersign/core/state";
import { SignJWT } from "jose";
import { reach } from "../reach.ts";
import type { Settings } from "../settings.ts";
import type { TokenAnswer } from "./token-answer.ts";

/** What one access token says beyond its grant. Times are in seconds since the epoch. */
export interface AccessTokenOptions {
  /** The grant's, or some of them. */
  readonly scopes: readonly string[];
  /** The login's id, when a refresh token goes along. */
  readonly family?: string | undefined;
  /** The thumbprint of the key that the token is bound to (RFC 9449 §6.1). */
  readonly dpopKey?: string | undefined;
  /** When it ends at the latest, whatever the lifetime is. */
  readonly notAfter?: number;
  readonly now: number;
}

/** Signs an access token (RFC 9068) and gives the answer that carries it. */
export async function answerWithAccessToken(
  settings: Settings,
  grant: Grant,
  { scopes, family, dpopKey, notAfter = Number.POSITIVE_INFINITY, now }: AccessTokenOptions,
): Promise<TokenAnswer> {
  const [audience = "", ...others] = grant.audience;
  const scope = scopes.length === 0 ? {} : { scope: scopes.join(" ") };
  const exp = Math.min(now + settings.accessTokenLifetime, notAfter);
  const claims = {
    ...grant.claims,
    iss: settings.url,
    sub: grant.subject,
    aud: others.length === 0 ? audience : [audience, ...others],
    client_id: grant.clientId ?? settings.defaultClientId,
    iat: now,
    exp,
    jti: crypto.randomUUID(),
    ...scope,
    ...(grant.authenticatedAt === undefined ? {} : { auth_time: grant.authenticatedAt }),
    ...(grant.methods === undefined ? {} : { amr: grant.methods }),
    ...(grant.acr === undefined ? {} : { acr: grant.acr }),
    ...(family === undefined ? {} : { sid: family }),
    ...(dpopKey === undefined ? {} : { cnf: { jkt: dpopKey } }),
  };
  const token = await reach(async () => {
    const { algorithm, kid, privateKey } = await settings.keys.current();
    const header = { typ: "at+jwt", alg: algorithm, kid };
    return new SignJWT(claims).setProtectedHeader(header).sign(privateKey);
  });
  return {
    access_token: token,
    token_type: dpopKey === undefined ? "Bearer" : "DPoP",
    expires_in: exp - now,
    ...scope,
  };
}
