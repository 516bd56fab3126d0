import type { RefreshTokenRecord } from "@countersign/core/state";
import { IssuerError } from "./issuer-error.ts";
import { reach } from "./reach.ts";
import type { Settings } from "./settings.ts";
import { answerWithAccessToken } from "./token/access-token.ts";
import { toHolder } from "./token/grant.ts";
import { createRefreshToken, parseRefreshToken } from "./token/refresh-token.ts";
import { narrowScope } from "./token/scope.ts";
import { seal, unseal } from "./token/seal.ts";
import type { TokenAnswer } from "./token/token-answer.ts";

/**
 * Who refreshes, and what they ask for.
 *
 * @example
 * await issuer.refresh(token, { clientId: "mobile", scope: "orders:read" });
 */
export interface RefreshOptions {
  /** The client that presents the token, already authenticated; absent for a first-party login. */
  readonly clientId?: string | undefined;
  /** For a narrower access token (RFC 6749 §6); the login keeps its scope. */
  readonly scope?: string | readonly string[] | undefined;
}

/**
 * Puts a successor in the place of a refresh token. Everything is made ready first, the answer
 * sealed for whoever holds the presented token; then one atomic step of the store decides. So of
 * many requests at once one rotates, and a client that lost the answer gets the same one again.
 *
 * @throws IssuerError `invalid_grant`, `invalid_scope`, `temporarily_unavailable`
 */
export async function refresh(
  settings: Settings,
  refreshToken: string,
  options: RefreshOptions = {},
): Promise<TokenAnswer> {
  const { store } = settings;
  const now = settings.now();
  const presented = await parseRefreshToken(refreshToken);
  const record = presented && (await reach(() => store.find(presented.hash)));
  if (!presented || !record || record.expiresAt <= now) throw refused();
  const { grant } = record;
  // Before anything is consumed: another client's attempt must not end the holder's login.
  if (grant.clientId !== toHolder(settings, options.clientId)) throw refused();

  const scopes = narrowScope(grant.scopes, options.scope);
  const { answer, successor } = await prepare(settings, record, scopes, now);
  const sealedAnswer = await seal(answer, presented);
  const replayUntil = now + settings.replayWindow;
  const rotation = { presented: presented.hash, successor, sealedAnswer, replayUntil, now };
  const outcome = await reach(() => store.rotate(rotation));

  switch (outcome.kind) {
    case "rotated":
      return answer;
    case "replayed":
      return (await reach(() => unseal(outcome.sealedAnswer, presented))) as TokenAnswer;
    case "reused": {
      const { subject, clientId } = grant;
      settings.tell({ type: "refresh_token_reused", family: outcome.family, subject, clientId });
      throw refused();
    }
    case "gone":
      throw refused();
  }
}

/** The successor and the answer that carries it, in case this request is the one that rotates. */
async function prepare(
  settings: Settings,
  { grant, family, loginEndsAt }: RefreshTokenRecord,
  scopes: readonly string[],
  now: number,
) {
  const access = await answerWithAccessToken(settings, grant, { scopes, family, now });
  const token = await createRefreshToken();
  const expiresAt = Math.min(now + settings.refreshTokenLifetime, loginEndsAt);
  const answer: TokenAnswer = { ...access, refresh_token: token.text };
  return { answer, successor: { hash: token.hash, family, grant, expiresAt, loginEndsAt } };
}

/** One text for every reason: whoever tries tokens learns nothing from it. */
function refused(): IssuerError {
  return new IssuerError(
    "invalid_grant",
    "The refresh token is unknown, expired, used, revoked or another client's.",
  );
}
