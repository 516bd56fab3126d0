import { toSeconds } from "@countersign/core/wire";
import { ClientError, oauthFailure } from "../../client-error.ts";
import type { TokenFor } from "../issuer/client-options.ts";
import type { Connection } from "../issuer/connect.ts";
import type { DpopKeys } from "../issuer/dpop-keys.ts";
import type { Login } from "./login.ts";
import type { LoginVault } from "./login-vault.ts";

/** Gives the next access token of a login, in the place of the old one. */
export type Renewal<B extends DpopKeys | undefined> = (
  old: TokenFor<B> | undefined,
) => Promise<TokenFor<B>>;

type Refresh<B extends DpopKeys | undefined> = (login: Login<B>) => Promise<Login<B>>;

/** Seconds that a token out of a store must still be good for. */
const margin = 5;

/**
 * One use of a refresh token (RFC 6749 §6).
 *
 * @param target further parameters
 */
export function refreshing<B extends DpopKeys | undefined>(
  connection: Connection<B>,
  target: Readonly<Record<string, string | undefined>>,
): Refresh<B> {
  return async (login) => {
    const { refreshToken, key } = login;
    if (refreshToken === undefined) throw reauthenticationRequired("there is no refresh token");
    const parameters = { ...target, refresh_token: refreshToken };
    try {
      const grant = await connection.ask({ type: "refresh_token", parameters, key });
      // A server that does not rotate sends none, and the old one stays good.
      return { ...login, token: grant.token, refreshToken: grant.refreshToken ?? refreshToken };
    } catch (error) {
      if (!(error instanceof ClientError) || error.oauthError !== "invalid_grant") throw error;
      throw reauthenticationRequired("its refresh token is not taken any more", error.oauthError);
    }
  };
}

/** Renews a login that is kept in this process alone. */
export function renewInMemory<B extends DpopKeys | undefined>(
  refresh: Refresh<B>,
  given: () => Promise<Login<B> | undefined>,
): Renewal<B> {
  let login: Login<B> | undefined;
  return async () => {
    login ??= await given();
    if (!login) throw reauthenticationRequired("there are no tokens");
    login = await refresh(login);
    return login.token as TokenFor<B>;
  };
}

/**
 * Renews a login that others share, in one transaction: lock, read, refresh, write, unlock. Whoever
 * comes second finds the first one's token, and asks for none.
 *
 * @param given what the program brought along; it counts at first, when the store has nothing or began
 * with another refresh token
 */
export function renewInVault<B extends DpopKeys | undefined>(
  refresh: Refresh<B>,
  vault: LoginVault<B>,
  given: () => Promise<Login<B> | undefined>,
  now: () => number,
): Renewal<B> {
  /** Whether what the program brought along has had its turn. */
  let begun = false;
  /** Tokens that could not be written, and the record they belong over. */
  let unsaved: { readonly login: Login<B>; readonly over: string | undefined } | undefined;

  /** What to go on from, and the record that it goes over. */
  async function begin(): Promise<{ login?: Login<B> | undefined; text?: string | undefined }> {
    const stored = await vault.read();
    if (unsaved && unsaved.over === stored?.text) await vault.write(unsaved.login);
    const isWritten = unsaved !== undefined;
    unsaved = undefined;
    if (isWritten) return begin();
    // Only until it has been used: later on, somebody else may have begun with yet another one.
    const first = begun ? undefined : await given();
    begun ||= !first || stored?.login.seed === first.seed;
    return begun ? (stored ?? {}) : { login: first, text: stored?.text };
  }

  async function save(login: Login<B>, over: string | undefined): Promise<void> {
    // If it has changed, the lock was taken for lost while we were stalled, and theirs is later.
    if ((await vault.read())?.text !== over) return;
    unsaved = { login, over };
    await vault.write(login);
    unsaved = undefined;
  }

  return (old) =>
    vault.hold(async () => {
      for (let { login, text } = await begin(); ; ) {
        if (!login) throw reauthenticationRequired("there are no tokens");
        if (login.token && isGood(login.token, old, now())) return login.token;
        try {
          const next = await refresh(login);
          begun = true;
          await save(next, text);
          return next.token as TokenFor<B>;
        } catch (error) {
          const isRefused = (error as ClientError).code === "reauthentication_required";
          const stored = isRefused ? await vault.read() : undefined;
          if (!stored || stored.login.refreshToken === login.refreshToken) throw error;
          ({ login, text } = stored);
        }
      }
    });
}

function isGood(
  { value, expiresAt = Number.POSITIVE_INFINITY }: TokenFor<DpopKeys | undefined>,
  old: TokenFor<DpopKeys | undefined> | undefined,
  now: number,
): boolean {
  return value.reveal() !== old?.value.reveal() && expiresAt > toSeconds(now) + margin;
}

function reauthenticationRequired(why: string, oauthError?: string): ClientError {
  return oauthFailure(
    `reauthentication_required: The login has ended: ${why}. Log the user in again.`,
    oauthError,
  );
}
