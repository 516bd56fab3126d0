import { isSecureUrl, requireThat, type Secret } from "@countersign/core/wire";
import {
  calculatePKCECodeChallenge,
  generateRandomCodeVerifier,
  generateRandomState,
  validateAuthResponse,
} from "oauth4webapi";
import type { ClientOptions, TokenFor, TokenTarget } from "../issuer/client-options.ts";
import { connect } from "../issuer/connect.ts";
import type { DpopKeys } from "../issuer/dpop-keys.ts";
import type { TokenSource } from "../token-source.ts";
import { authorizationUrl } from "./authorization-request.ts";
import type { LoginOptions } from "./login.ts";
import { loginFailed, toLoginFailure } from "./login-failed.ts";
import { type LoginRequest, toLoginForm } from "./login-request.ts";
import { startLogin } from "./login-source.ts";
import { readPending, writePending } from "./pending-login.ts";

/** The client, its issuer, and where the user comes back to. */
export interface AuthorizationCodeOptions<B extends DpopKeys | undefined = undefined>
  extends ClientOptions<B>,
    TokenTarget {
  /** As registered: https, http on this machine, or a scheme of one's own (RFC 8252 §7). */
  readonly redirectUri: string;
  /**
   * Whether requests are pushed (RFC 9126), so that the browser gets a reference only. Default: where
   * the issuer offers it.
   */
  readonly pushed?: boolean;
}

/** A login that the user has to do. */
export interface StartedLogin {
  /** Where to send the user. */
  readonly url: string;
  /** What the callback will carry; logins under way are told apart by it. */
  readonly state: string;
  /** What `finish` needs. Keep it in the session of this user's browser, and nowhere else. */
  readonly pending: Secret;
}

/** Logins by the authorization code flow. */
export interface AuthorizationCode<B extends DpopKeys | undefined = undefined> {
  /**
   * Begins a login.
   *
   * @throws ClientError `discovery_failed`, `token_endpoint_unreachable`, `login_failed`
   */
  start(request?: LoginRequest): Promise<StartedLogin>;
  /**
   * Ends it, and gives its tokens.
   *
   * @param callback the URL that the user came back to, or the form that was posted there
   * @throws ClientError `login_failed`, `token_request_failed`, `token_endpoint_unreachable`,
   * `discovery_failed`; with storage `token_store_failed`
   */
  finish(
    callback: string | URL | URLSearchParams,
    pending: string | Secret,
    options?: LoginOptions,
  ): Promise<TokenSource<TokenFor<B>>>;
}

/**
 * Has users log in at their authorization server, and gets tokens to act for them: authorization code
 * (RFC 6749 §4.1) with PKCE (RFC 7636), state, and the issuer's name in the answer (RFC 9207). It is
 * for calling APIs: ID tokens are not looked at.
 *
 * @throws ConfigurationError when the issuer or the redirect URI is not secure
 * @example
 * const logins = authorizationCode({ issuer, clientId, redirectUri, scope: "orders:read" });
 * const { url, pending } = await logins.start(); // keep pending, redirect the user to url
 * const source = await logins.finish(callbackUrl, pending);
 */
export function authorizationCode<B extends DpopKeys | undefined = undefined>(
  options: AuthorizationCodeOptions<B>,
): AuthorizationCode<B> {
  const { redirectUri, resource, pushed, dpop } = options;
  requireRedirectUri(redirectUri);
  const connection = connect(options);

  return Object.freeze<AuthorizationCode<B>>({
    async start(request = {}) {
      const verifier = generateRandomCodeVerifier();
      const state = generateRandomState();
      const form = toLoginForm(options, request);
      form.set("response_type", "code");
      form.set("redirect_uri", redirectUri);
      form.set("state", state);
      form.set("code_challenge", await calculatePKCECodeChallenge(verifier));
      form.set("code_challenge_method", "S256");
      const url = await authorizationUrl(connection, form, pushed);
      const pending = writePending({ issuer: connection.issuer.href, state, verifier });
      return { url, state, pending };
    },

    async finish(callback, pending, login = {}) {
      const { state, verifier } = readPending(pending, connection.issuer.href);
      const answer = readCallback(callback, redirectUri);
      const server = await connection.server();
      const code = accept(() => validateAuthResponse(server, connection.client, answer, state));
      const key = await dpop?.obtain(login.storage !== undefined);
      const parameters = { code, redirect_uri: redirectUri, code_verifier: verifier, resource };
      const grant = await connection.ask({ type: "authorization_code", parameters, key });
      return startLogin({ ...grant, key }, { ...login, connection, client: options });
    },
  });
}

/** The code of an answer that has been found to be in order. */
function accept(validate: () => URLSearchParams): string {
  try {
    const [code, ...others] = validate().getAll("code");
    if (code && others.length === 0) return code;
  } catch (error) {
    throw toLoginFailure(error);
  }
  throw loginFailed("the callback has no code, or several.");
}

function readCallback(callback: string | URL | URLSearchParams, base: string): URLSearchParams {
  if (callback instanceof URLSearchParams) return callback;
  if (URL.canParse(String(callback), base)) return new URL(callback, base).searchParams;
  throw loginFailed("the callback is no URL.");
}

function requireRedirectUri(redirectUri: string): void {
  const url = URL.canParse(redirectUri) ? new URL(redirectUri) : undefined;
  requireThat(
    url && !redirectUri.includes("#") && (url.protocol !== "http:" || isSecureUrl(url)),
    "redirectUri must be an absolute URL without fragment, http: on this machine only (RFC 6749 §3.1.2).",
  );
}
