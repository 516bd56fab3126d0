import type { ClientOptions, TokenFor, TokenTarget } from "../issuer/client-options.ts";
import type { Connection } from "../issuer/connect.ts";
import type { DpopKeys } from "../issuer/dpop-keys.ts";
import { renewing } from "../renewing.ts";
import type { TokenSource } from "../token-source.ts";
import type { Login, LoginOptions } from "./login.ts";
import { loginVault } from "./login-vault.ts";
import { refreshing, renewInMemory, renewInVault } from "./refreshing.ts";

/** What a source of a login's tokens needs to know. */
export interface LoginSourceOptions<B extends DpopKeys | undefined> extends LoginOptions {
  readonly connection: Connection<B>;
  readonly client: ClientOptions<B> & TokenTarget;
}

/** A login that has just been made: it is kept first, and then used. */
export async function startLogin<B extends DpopKeys | undefined>(
  login: Login<B>,
  options: LoginSourceOptions<B>,
): Promise<TokenSource<TokenFor<B>>> {
  const vault = vaultOf(options);
  await vault?.hold(() => vault.write(login));
  return loginSource(options, async () => (vault ? undefined : login), login.token);
}

/**
 * The tokens of a login.
 *
 * @param given what the program brings along, if anything
 * @param first an access token that is there already
 */
export function loginSource<B extends DpopKeys | undefined>(
  options: LoginSourceOptions<B>,
  given: () => Promise<Login<B> | undefined>,
  first?: TokenFor<B>,
): TokenSource<TokenFor<B>> {
  const { connection, client } = options;
  const { audience, resource } = client;
  const refresh = refreshing(connection, { audience, resource });
  const vault = vaultOf(options);
  const clock = { now: connection.now };
  const request = vault
    ? renewInVault(refresh, vault, given, clock.now)
    : renewInMemory(refresh, given);
  return renewing({ request, clock, first });
}

function vaultOf<B extends DpopKeys | undefined>(options: LoginSourceOptions<B>) {
  const { client, connection, storage } = options;
  const { clientId, dpop } = client;
  const owner = { issuer: connection.issuer.href, clientId, dpop: dpop as B };
  return storage && loginVault(storage, owner);
}
