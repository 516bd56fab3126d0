import { requireThat, type Secret, sha256, toSecret } from "@countersign/core/wire";
import type { ClientOptions, TokenFor, TokenTarget } from "../issuer/client-options.ts";
import { connect } from "../issuer/connect.ts";
import type { DpopKeys } from "../issuer/dpop-keys.ts";
import type { TokenSource } from "../token-source.ts";
import type { LoginOptions } from "./login.ts";
import { loginSource } from "./login-source.ts";

/** The client, its issuer, and a login: a refresh token to begin with, where it is kept, or both. */
export interface RefreshTokenOptions<B extends DpopKeys | undefined = undefined>
  extends ClientOptions<B>,
    Pick<TokenTarget, "audience" | "resource">,
    LoginOptions {
  /**
   * What to begin with. A store that began with this very one goes on with what it has; with another
   * one it begins anew. Where tokens are bound to a key, so is this one, as a rule: pass its key pair.
   */
  readonly refreshToken?: string | Secret;
}

/**
 * Access tokens of a login that was made before, by its refresh token (RFC 6749 §6). Servers that
 * rotate refresh tokens end the login when one is used twice: with `storage`, a refresh is one
 * transaction, whoever shares the store.
 *
 * @throws ConfigurationError when the issuer is not secure, or there is neither token nor storage
 * @example
 * const source = refreshToken({ issuer, clientId, refreshToken: token, storage });
 * createAuthFetch({ origins: ["https://api.example.com"], credential: bearer(source) });
 */
export function refreshToken<B extends DpopKeys | undefined = undefined>(
  options: RefreshTokenOptions<B>,
): TokenSource<TokenFor<B>> {
  const { dpop, storage } = options;
  const given = options.refreshToken && toSecret(options.refreshToken).reveal();
  requireThat(
    given || storage,
    "refreshToken: give a refresh token, storage that has one, or both.",
  );
  return loginSource({ ...options, connection: connect(options), client: options }, async () => {
    if (!given) return undefined;
    const key = await dpop?.obtain(storage !== undefined);
    return { refreshToken: given, key, seed: await sha256(given) };
  });
}
