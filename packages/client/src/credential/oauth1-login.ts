import {
  parseFormParameters,
  requireSecureUrl,
  type Secret,
  toSecret,
} from "@countersign/core/wire";
import { ensure } from "../client-error.ts";
import { createAuthFetch } from "../fetch/create-auth-fetch.ts";
import type { Fetch } from "../fetch/fetch.ts";
import { type OAuth1Options, oauth1 } from "./oauth1.ts";

/** Who logs a user in, and where. */
export type OAuth1LoginOptions = Omit<OAuth1Options, "token" | "parameters"> & {
  /** Where temporary credentials come from (RFC 5849 §2.1). https, or http on this machine. */
  readonly requestTokenUrl: string | URL;
  /** Where the user allows it (§2.2). */
  readonly authorizeUrl: string | URL;
  /** Where the token comes from (§2.3). */
  readonly accessTokenUrl: string | URL;
  /** What talks to them. Default: the global fetch. */
  readonly fetch?: Fetch;
};

/** A token and its secret. */
export interface OAuth1Token {
  readonly value: string;
  readonly secret: Secret;
}

/** A login under way. Keep it for the callback: in the user's session, say. */
export interface OAuth1Pending {
  /** Where to send the user. */
  readonly url: URL;
  readonly requestToken: OAuth1Token;
}

/** The steps of a three-legged login. */
export interface OAuth1Login {
  /** @param callback where the user comes back to; `"oob"` for a program that asks for the verifier */
  start(callback: string | URL): Promise<OAuth1Pending>;
  /**
   * The token for {@link oauth1}.
   *
   * @param callback the URL the user came back to, or the verifier they read off
   */
  finish(
    pending: Pick<OAuth1Pending, "requestToken">,
    callback: URL | string,
  ): Promise<OAuth1Token>;
}

/**
 * Logs a user in by OAuth 1.0a (RFC 5849 §2): temporary credentials, the user's consent, a token.
 *
 * @throws ConfigurationError when a URL is not secure
 * @example
 * const login = oauth1Login({ consumerKey, consumerSecret, requestTokenUrl, authorizeUrl, accessTokenUrl });
 * const pending = await login.start("https://app.example.com/callback");
 * const token = await login.finish(pending, callbackUrl);
 * createAuthFetch({ origins, credential: oauth1({ consumerKey, consumerSecret, token }) });
 */
export function oauth1Login(options: OAuth1LoginOptions): OAuth1Login {
  const { requestTokenUrl, authorizeUrl, accessTokenUrl, fetch, ...consumer } = options;
  const [requesting, authorizing, accessing] = (
    [
      ["requestTokenUrl", requestTokenUrl],
      ["authorizeUrl", authorizeUrl],
      ["accessTokenUrl", accessTokenUrl],
    ] as const
  ).map(([name, url]) => requireSecureUrl(url, name)) as [URL, URL, URL];

  async function ask(url: URL, more: Pick<OAuth1Options, "token" | "parameters">) {
    const credential = oauth1({ ...consumer, ...more } as OAuth1Options);
    const call = createAuthFetch({ origins: [url.origin], credential, ...(fetch && { fetch }) });
    const answer = await call(url, { method: "POST", redirect: "error" });
    const text = await answer.text();
    const answered = new Map(parseFormParameters(text.trim()));
    const [value, secret] = [answered.get("oauth_token"), answered.get("oauth_token_secret")];
    ensure(
      answer.ok && value && secret !== undefined,
      `login_failed: ${url.origin}${url.pathname} answered ${answer.status} without a token: check the consumer.`,
    );
    return { answered, token: { value, secret: toSecret(secret) } };
  }

  return {
    async start(callback) {
      const parameters = { oauth_callback: String(callback) };
      const { answered, token } = await ask(requesting, { parameters });
      // Without it, it is OAuth 1.0, whose callbacks an attacker can choose (RFC 5849 §2.1).
      const isConfirmed = answered.get("oauth_callback_confirmed") === "true";
      ensure(isConfirmed, "login_failed: the server knows no OAuth 1.0a, only 1.0.");
      const url = new URL(authorizing);
      url.searchParams.set("oauth_token", token.value);
      return { url, requestToken: token };
    },
    async finish({ requestToken }, callback) {
      const params = callback instanceof URL ? callback.searchParams : undefined;
      const isOurs = !params || params.get("oauth_token") === requestToken.value;
      ensure(isOurs, "login_failed: this callback is of another login: start again.");
      const verifier = params ? params.get("oauth_verifier") : String(callback).trim();
      ensure(verifier, "login_failed: the user did not consent: start again.");
      const parameters = { oauth_verifier: verifier };
      return (await ask(accessing, { token: requestToken, parameters })).token;
    },
  };
}
