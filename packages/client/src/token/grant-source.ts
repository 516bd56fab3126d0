import type { DpopKeyPair, MaybePromise } from "@countersign/core/wire";
import type { TokenFor } from "./issuer/client-options.ts";
import type { Connection, GrantRequest } from "./issuer/connect.ts";
import type { DpopKeys } from "./issuer/dpop-keys.ts";
import { renewing } from "./renewing.ts";
import type { TokenSource } from "./token-source.ts";

/** Tokens of a grant that can be asked for again and again; one key for all of them. */
export function grantSource<B extends DpopKeys | undefined>(
  connection: Connection<B>,
  dpop: B | undefined,
  request: () => MaybePromise<GrantRequest>,
): TokenSource<TokenFor<B>> {
  let key: DpopKeyPair | undefined;
  return renewing({
    clock: connection,
    async request() {
      key ??= await dpop?.obtain(false);
      return (await connection.ask({ ...(await request()), key })).token;
    },
  });
}
