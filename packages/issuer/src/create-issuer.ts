import { createRouter } from "./endpoint/router.ts";
import { issue } from "./issue.ts";
import { type PublicKeySet, toKeySet } from "./keys/key-set.ts";
import type { IssuerOptions } from "./options.ts";
import { reach } from "./reach.ts";
import { type RefreshOptions, refresh } from "./refresh.ts";
import { revoke } from "./revoke.ts";
import { toSettings } from "./settings.ts";
import type { IssueOptions } from "./token/grant.ts";
import type { TokenAnswer } from "./token/token-answer.ts";

/**
 * Issues first-party tokens. Its methods need no `this`: pass `issuer.fetch` on as it is.
 * All of them reject with an {@link IssuerError} `temporarily_unavailable` while the store or the
 * keys cannot answer.
 *
 * @example
 * const routes = (issuer: Issuer) => ({ "/token": issuer.fetch, "/jwks": issuer.fetch });
 */
export interface Issuer {
  /** The `iss` of its tokens. */
  readonly url: string;
  /**
   * Tokens for a user who has just logged in.
   *
   * @throws ConfigurationError for options a program got wrong
   * @throws IssuerError `invalid_scope`
   */
  issue(options: IssueOptions): Promise<TokenAnswer>;
  /**
   * New tokens for a refresh token, which is used up by it. Repeated within the replay window, it
   * gives the identical answer until the new refresh token is used. Any later use ends the login.
   *
   * @throws IssuerError `invalid_grant`, `invalid_scope`
   */
  refresh(refreshToken: string, options?: RefreshOptions): Promise<TokenAnswer>;
  /** Ends the login a refresh token belongs to; any other text is silently nothing. */
  revoke(token: string): Promise<void>;
  /** Ends every login of a subject: after a change of password, say. */
  revokeSubject(subject: string): Promise<void>;
  /** The public keys, for a guard in the same process. */
  jwks(): Promise<PublicKeySet>;
  /** Serves discovery, `/jwks`, `/token` and `/revoke` below the issuer's URL. Never rejects. */
  fetch(request: Request): Promise<Response>;
}

/**
 * Creates an issuer of access tokens (RFC 9068) and rotating refresh tokens. It checks no
 * passwords and shows no pages: it issues what your login route tells it to.
 *
 * @throws ConfigurationError at once when the options cannot be right
 * @example
 * const issuer = createIssuer({ url: "https://id.example.com", audience: "https://api.example.com" });
 * const answer = await issuer.issue({ subject: "ada", scope: "orders:read", refreshable: true });
 */
export function createIssuer(options: IssuerOptions): Issuer {
  const settings = toSettings(options);
  return Object.freeze<Issuer>({
    url: settings.url,
    issue: async (login) => issue(settings, login),
    refresh: (refreshToken, request) => refresh(settings, refreshToken, request),
    revoke: (token) => revoke(settings, token),
    revokeSubject: (subject) => reach(() => settings.store.revokeSubject(subject)),
    jwks: () => toKeySet(settings.keys),
    fetch: createRouter(settings),
  });
}
