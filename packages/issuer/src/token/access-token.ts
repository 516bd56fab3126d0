import type { Grant } from "@countersign/core/state";
import { SignJWT } from "jose";
import { reach } from "../reach.ts";
import type { Settings } from "../settings.ts";
import type { TokenAnswer } from "./token-answer.ts";

/** What one access token says beyond its grant. */
export interface AccessTokenOptions {
  /** The grant's, or some of them. */
  readonly scopes: readonly string[];
  /** The login's id, when a refresh token goes along. */
  readonly family?: string;
  /** Seconds since the epoch. */
  readonly now: number;
}

/** Signs an access token (RFC 9068) and gives the answer that carries it. */
export async function answerWithAccessToken(
  settings: Settings,
  grant: Grant,
  { scopes, family, now }: AccessTokenOptions,
): Promise<TokenAnswer> {
  const [audience = "", ...others] = grant.audience;
  const scope = scopes.length === 0 ? {} : { scope: scopes.join(" ") };
  const claims = {
    ...grant.claims,
    iss: settings.url,
    sub: grant.subject,
    aud: others.length === 0 ? audience : [audience, ...others],
    client_id: grant.clientId ?? settings.defaultClientId,
    iat: now,
    exp: now + settings.accessTokenLifetime,
    jti: crypto.randomUUID(),
    ...scope,
    ...(grant.authenticatedAt === undefined ? {} : { auth_time: grant.authenticatedAt }),
    ...(grant.methods === undefined ? {} : { amr: grant.methods }),
    ...(family === undefined ? {} : { sid: family }),
  };
  const token = await reach(async () => {
    const { algorithm, kid, privateKey } = await settings.keys.current();
    const header = { typ: "at+jwt", alg: algorithm, kid };
    return new SignJWT(claims).setProtectedHeader(header).sign(privateKey);
  });
  return {
    access_token: token,
    token_type: "Bearer",
    expires_in: settings.accessTokenLifetime,
    ...scope,
  };
}
