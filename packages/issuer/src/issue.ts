import { reach } from "./reach.ts";
import type { Settings } from "./settings.ts";
import { answerWithAccessToken } from "./token/access-token.ts";
import { startFamily } from "./token/family.ts";
import { type IssueOptions, toGrant } from "./token/grant.ts";
import { createRefreshToken } from "./token/refresh-token.ts";
import type { TokenAnswer } from "./token/token-answer.ts";

/** Issues an access token and, for a refreshable login, the first refresh token of a new family. */
export async function issue(settings: Settings, options: IssueOptions): Promise<TokenAnswer> {
  const now = settings.now();
  const grant = toGrant(settings, options, now);
  const { scopes } = grant;
  if (!options.refreshable) return answerWithAccessToken(settings, grant, { scopes, now });

  const family = startFamily(now + settings.loginLifetime);
  const answer = await answerWithAccessToken(settings, grant, { scopes, family: family.id, now });
  const token = await createRefreshToken();
  const expiresAt = Math.min(now + settings.refreshTokenLifetime, family.endsAt);
  await reach(() =>
    settings.store.start({ hash: token.hash, family: family.id, grant, expiresAt }),
  );
  return { ...answer, refresh_token: token.text };
}
