import type { Grant, RefreshTokenRecord } from "@countersign/core/state";
import { IssuerError } from "./issuer-error.ts";
import { reach } from "./reach.ts";
import { revokeAccess } from "./revoke.ts";
import type { Settings } from "./settings.ts";
import { answerWithAccessToken } from "./token/access-token.ts";
import { bindTo, toHolder } from "./token/grant.ts";
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
  /** The thumbprint of the DPoP key that the request proved to hold; absent without a proof. */
  readonly dpopKey?: string | undefined;
}

/** What is sealed for a retry: to be had by whoever holds the token, and the key it was asked with. */
interface SealedAnswer {
  readonly answer: TokenAnswer;
  readonly dpopKey: string | undefined;
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
  const { dpopKey } = options;
  // Before anything is consumed: another client's attempt must not end the holder's login.
  if (grant.clientId !== toHolder(settings, options.clientId)) throw refused();
  if (grant.dpopKey !== undefined && grant.dpopKey !== dpopKey) throw refused();

  const scopes = narrowScope(grant.scopes, options.scope);
  const { answer, successor } = await prepare(settings, record, { scopes, dpopKey, now });
  const sealedAnswer = await seal({ answer, dpopKey } satisfies SealedAnswer, presented);
  const replayUntil = now + settings.replayWindow;
  const rotation = { presented: presented.hash, successor, sealedAnswer, replayUntil, now };
  const outcome = await reach(() => store.rotate(rotation));

  switch (outcome.kind) {
    case "rotated":
      return answer;
    case "replayed": {
      const first = (await reach(() => unseal(outcome.sealedAnswer, presented))) as SealedAnswer;
      if (first.dpopKey !== dpopKey) throw refused();
      return first.answer;
    }
    case "reused":
      await endStolenLogin(settings, outcome.family, grant);
      throw refused();
    case "gone":
      throw refused();
  }
}

/** The successor and the answer that carries it, in case this request is the one that rotates. */
async function prepare(
  settings: Settings,
  { grant, family, loginEndsAt }: RefreshTokenRecord,
  request: { scopes: readonly string[]; dpopKey: string | undefined; now: number },
) {
  const { now, dpopKey } = request;
  const access = await answerWithAccessToken(settings, grant, { ...request, family });
  const token = await createRefreshToken();
  const expiresAt = Math.min(now + settings.refreshTokenLifetime, loginEndsAt);
  const answer: TokenAnswer = { ...access, refresh_token: token.text };
  // A proof binds what it is answered with, if the login was not bound before (RFC 9449 §5).
  const bound = { ...grant, ...bindTo(settings, grant.clientId, dpopKey) };
  return { answer, successor: { hash: token.hash, family, grant: bound, expiresAt, loginEndsAt } };
}

/** The store has ended the login already. That its access tokens live on is no reason to hide that. */
async function endStolenLogin(
  settings: Settings,
  family: string,
  { subject, clientId }: Grant,
): Promise<void> {
  settings.tell({ type: "refresh_token_reused", family, subject, clientId });
  try {
    await revokeAccess(settings, family);
  } catch (error) {
    const cause = error instanceof IssuerError ? error.cause : error;
    settings.tell({ type: "unavailable", cause });
  }
}

/** One text for every reason: whoever tries tokens learns nothing from it. */
function refused(): IssuerError {
  return new IssuerError(
    "invalid_grant",
    "The refresh token is unknown, expired, used, revoked, or bound to another client or key.",
  );
}
