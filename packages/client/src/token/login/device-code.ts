import { type Secret, toSeconds, toSecret } from "@countersign/core/wire";
import {
  type DeviceAuthorizationResponse,
  deviceAuthorizationRequest,
  processDeviceAuthorizationResponse,
} from "oauth4webapi";
import type { ClientOptions, TokenFor, TokenTarget } from "../issuer/client-options.ts";
import { connect } from "../issuer/connect.ts";
import { isSecure } from "../issuer/discover.ts";
import type { DpopKeys } from "../issuer/dpop-keys.ts";
import type { TokenSource } from "../token-source.ts";
import { requireEndpoint } from "./authorization-request.ts";
import { type DeviceProgress, poll } from "./device-poll.ts";
import type { LoginOptions } from "./login.ts";
import { loginFailed, toLoginFailure } from "./login-failed.ts";
import { type LoginRequest, toLoginForm } from "./login-request.ts";
import { startLogin } from "./login-source.ts";

/** The client, its issuer, and what to ask for. */
export interface DeviceCodeOptions<B extends DpopKeys | undefined = undefined>
  extends ClientOptions<B>,
    TokenTarget {}

/** A login that the user does on another device. */
export interface DevicePrompt {
  /** Where the user goes. */
  readonly url: string;
  /** What they enter there. */
  readonly code: string;
  /** The URL with the code in it, to show as a QR code, if the server gives one. */
  readonly completeUrl: string | undefined;
  /** Seconds since the epoch; from then on the code is worth nothing. */
  readonly expiresAt: number;
  /** What the server is asked with. */
  readonly deviceCode: Secret;
  /** Seconds between two questions. */
  readonly interval: number;
}

/** What ends a login on another device, and who is told about it. */
export interface DeviceLoginOptions extends LoginOptions {
  /** Gives up waiting for the user. */
  readonly signal?: AbortSignal;
  /** Is told each time the server has been asked and there are no tokens yet. */
  readonly onProgress?: (progress: DeviceProgress) => void;
}

/** Logins on another device. */
export interface DeviceCode<B extends DpopKeys | undefined = undefined> {
  /**
   * Gets a code to show.
   *
   * @throws ClientError `discovery_failed`, `token_endpoint_unreachable`, `login_failed`
   */
  start(request?: LoginRequest): Promise<DevicePrompt>;
  /**
   * Waits for the user, and gives the tokens.
   *
   * @throws ClientError `login_failed` when it was refused or ran out, `token_request_failed`; with
   * storage `token_store_failed`
   */
  finish(prompt: DevicePrompt, options?: DeviceLoginOptions): Promise<TokenSource<TokenFor<B>>>;
}

/** What is no failure, and what ends the login (RFC 8628 §3.5). */
const errors = { authorization_pending: "", slow_down: "", expired_token: "" };

/**
 * Logs a user in on another device (RFC 8628): for programs without a browser.
 *
 * @throws ConfigurationError when the issuer is not secure
 * @example
 * const logins = deviceCode({ issuer, clientId, scope: "orders:read" });
 * const prompt = await logins.start();
 * console.log(`Go to ${prompt.url} and enter ${prompt.code}`);
 * const source = await logins.finish(prompt);
 */
export function deviceCode<B extends DpopKeys | undefined = undefined>(
  options: DeviceCodeOptions<B>,
): DeviceCode<B> {
  const connection = connect(options);

  return Object.freeze<DeviceCode<B>>({
    async start(request = {}) {
      const server = await connection.server();
      requireEndpoint(server, "device_authorization_endpoint");
      const { authenticate, client, sending } = connection;
      const form = toLoginForm(options, request);
      const startedAt = toSeconds(connection.now());
      try {
        const response = await deviceAuthorizationRequest(
          server,
          client,
          authenticate,
          form,
          sending,
        );
        const answer = await processDeviceAuthorizationResponse(server, client, response);
        return toPrompt(answer, startedAt);
      } catch (error) {
        throw toLoginFailure(error);
      }
    },

    async finish(prompt, login = {}) {
      const { signal, onProgress } = login;
      const key = await options.dpop?.obtain(login.storage !== undefined);
      const type = "urn:ietf:params:oauth:grant-type:device_code";
      const parameters = { device_code: toSecret(prompt.deviceCode).reveal() };
      const grant = await poll(() => connection.ask({ type, parameters, key, errors }), {
        interval: prompt.interval,
        end: prompt.expiresAt * 1000,
        now: connection.now,
        signal,
        onProgress,
      });
      return startLogin({ ...grant, key }, { ...login, connection, client: options });
    },
  });
}

function toPrompt(answer: DeviceAuthorizationResponse, startedAt: number): DevicePrompt {
  const { verification_uri: url, verification_uri_complete: completeUrl, user_code: code } = answer;
  // They are shown, in terminals for the most part, where control characters do things.
  if (!isSecure(url) || !(completeUrl === undefined || isSecure(completeUrl)) || !isShown(code)) {
    throw loginFailed("the server gave a code or a URL that cannot be shown to a user.");
  }
  return Object.freeze({
    url: new URL(url).href,
    code,
    completeUrl: completeUrl && new URL(completeUrl).href,
    expiresAt: startedAt + answer.expires_in,
    deviceCode: toSecret(answer.device_code),
    interval: answer.interval ?? 5,
  });
}

function isShown(code: string): boolean {
  return /^\P{C}{1,100}$/u.test(code);
}
