import { type Revocation, revocationKey } from "@countersign/core";
import { IssuerError } from "./issuer-error.ts";
import { reach } from "./reach.ts";
import type { Settings } from "./settings.ts";
import { toHolder } from "./token/grant.ts";
import { verifyOwnToken } from "./token/own-token.ts";
import { parseRefreshToken, type RefreshToken } from "./token/refresh-token.ts";

/** For so many seconds after its end a token stays revoked: longer than clocks can be said to differ. */
const slack = 3600;

/** Whether the caller may end what was issued to this client (RFC 7009 §2.1). */
type MayRevoke = (clientId: string | undefined) => boolean;

/**
 * Ends one access token, or the login that a refresh token belongs to, used or not. A text that is no
 * token of ours is none that could still be used, so it is no error (RFC 7009 §2.2).
 *
 * @throws IssuerError `invalid_grant`, `unsupported_token_type`, `temporarily_unavailable`
 */
export async function revoke(
  settings: Settings,
  token: string,
  mayRevoke: MayRevoke = () => true,
): Promise<void> {
  const presented = await parseRefreshToken(token);
  if (presented) await revokeLogin(settings, presented, mayRevoke);
  else await revokeAccessToken(settings, token, mayRevoke);
}

/**
 * Ends a login. Its access tokens go first: were the login gone and this failed, nobody could try again.
 *
 * @throws IssuerError `temporarily_unavailable`
 */
export async function revokeFamily(settings: Settings, family: string): Promise<void> {
  await revokeAccess(settings, family);
  await reach(() => settings.store.revokeFamily(family));
}

/**
 * Ends every login of a subject.
 *
 * @throws IssuerError `temporarily_unavailable`
 */
export async function revokeSubject(settings: Settings, subject: string): Promise<void> {
  const { store, revocations } = settings;
  const families = revocations ? await reach(() => store.families(subject)) : [];
  for (const family of families) await revokeAccess(settings, family);
  await reach(() => store.revokeSubject(subject));
}

/** Has guards refuse the access tokens of a login, those of a refresh that is under way too. */
export async function revokeAccess(settings: Settings, family: string): Promise<void> {
  const until = settings.now() + settings.accessTokenLifetime;
  await keep(settings, { issuer: settings.url, sid: family }, until);
}

async function revokeLogin(
  settings: Settings,
  { hash }: RefreshToken,
  mayRevoke: MayRevoke,
): Promise<void> {
  const record = await reach(() => settings.store.find(hash));
  if (!record) return;
  if (!mayRevoke(record.grant.clientId)) throw anothers();
  await revokeFamily(settings, record.family);
}

async function revokeAccessToken(
  settings: Settings,
  token: string,
  mayRevoke: MayRevoke,
): Promise<void> {
  const claims = await verifyOwnToken(settings, token);
  if (!claims) return;
  if (!mayRevoke(toHolder(settings, claims.client_id))) throw anothers();
  if (!settings.revocations) {
    throw new IssuerError(
      "unsupported_token_type",
      "Access tokens cannot be revoked here; they live until they expire.",
    );
  }
  await keep(settings, { issuer: claims.iss, jti: claims.jti }, claims.exp);
}

async function keep(
  { revocations }: Settings,
  revocation: Revocation,
  until: number,
): Promise<void> {
  if (!revocations) return;
  const key = await revocationKey(revocation);
  await reach(() => revocations.revoke(key, until + slack));
}

function anothers(): IssuerError {
  return new IssuerError("invalid_grant", "The token was issued to another client.");
}
