import { reach } from "./reach.ts";
import type { Settings } from "./settings.ts";
import { answerWithAccessToken } from "./token/access-token.ts";
import { type IssueOptions, toGrant } from "./token/grant.ts";
import { createRefreshToken } from "./token/refresh-token.ts";
import type { TokenAnswer } from "./token/token-answer.ts";

/** Issues an access token and, for a refreshable login, the first refresh token of a new family. */
export async function issue(settings: Settings, options: IssueOptions): Promise<TokenAnswer> {
  const now = settings.now();
  const grant = toGrant(settings, options, now);
  const { scopes } = grant;
  const { dpopKey } = options;
  if (!options.refreshable) return answerWithAccessToken(settings, grant, { scopes, dpopKey, now });

  const family = crypto.randomUUID();
  const answer = await answerWithAccessToken(settings, grant, { scopes, family, dpopKey, now });
  const token = await createRefreshToken();
  const loginEndsAt = now + settings.loginLifetime;
  const expiresAt = Math.min(now + settings.refreshTokenLifetime, loginEndsAt);
  await reach(() =>
    settings.store.start({ hash: token.hash, family, grant, expiresAt, loginEndsAt }),
  );
  return { ...answer, refresh_token: token.text };
}
