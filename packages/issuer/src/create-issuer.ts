import { type ClientRequest, readClientRequest } from "./endpoint/read-client-request.ts";
import { createRouter } from "./endpoint/router.ts";
import { type Introspection, introspect } from "./introspect.ts";
import { issue } from "./issue.ts";
import { type PublicKeySet, toKeySet } from "./keys/key-set.ts";
import type { IssuerOptions } from "./options.ts";
import { type RefreshOptions, refresh } from "./refresh.ts";
import { revoke, revokeFamily, revokeSubject } from "./revoke.ts";
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
  /**
   * Ends one access token, or the login that a refresh token belongs to; any other text is silently
   * nothing. Access tokens end only where there are {@link IssuerOptions.revocations}.
   *
   * @throws IssuerError `unsupported_token_type` for an access token where there are none
   */
  revoke(token: string): Promise<void>;
  /** Ends one login: the `sid` of its access tokens. */
  revokeFamily(family: string): Promise<void>;
  /** Ends every login of a subject: after a change of password, say. */
  revokeSubject(subject: string): Promise<void>;
  /** What a token is good for, now (RFC 7662); of anything but a good token of ours, that it is not. */
  introspect(token: string): Promise<Introspection>;
  /**
   * Who sent a form to an endpoint of your own beside these, and its parameters: pushed authorization
   * requests (RFC 9126), say.
   *
   * @throws IssuerError `invalid_client`, `invalid_request`, `too_many_requests`
   */
  readClientRequest(request: Request): Promise<ClientRequest>;
  /** The public keys, for a guard in the same process. */
  jwks(): Promise<PublicKeySet>;
  /** Serves discovery, `/jwks`, `/token`, `/revoke` and `/introspect` below the issuer's URL. Never rejects. */
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
    revokeFamily: (family) => revokeFamily(settings, family),
    revokeSubject: (subject) => revokeSubject(settings, subject),
    introspect: (token) => introspect(settings, token),
    readClientRequest: (request) => readClientRequest(settings, request),
    jwks: () => toKeySet(settings.keys),
    fetch: createRouter(settings),
  });
}
