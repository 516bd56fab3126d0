import { type Secret, toSecret } from "@countersign/core/wire";
import { grantSource } from "./grant-source.ts";
import type { ClientOptions, TokenFor, TokenTarget } from "./issuer/client-options.ts";
import { connect } from "./issuer/connect.ts";
import type { DpopKeys } from "./issuer/dpop-keys.ts";
import type { TokenSource } from "./token-source.ts";

const accessToken = "urn:ietf:params:oauth:token-type:access_token";

/** The client, its issuer, and what tokens are exchanged for. */
export interface TokenExchangeOptions<B extends DpopKeys | undefined = undefined>
  extends ClientOptions<B>,
    TokenTarget {
  /** What is exchanged (RFC 8693 §3). Default: an access token. */
  readonly subjectTokenType?: string;
}

/** Exchanges tokens. */
export interface TokenExchange<B extends DpopKeys | undefined = undefined> {
  /**
   * Tokens for another API, to act for whoever this one was issued for. They can be renewed as long as
   * it is good.
   *
   * @param subjectToken for example `presentedToken(principal)` of a guard
   */
  for(subjectToken: string | Secret): TokenSource<TokenFor<B>>;
}

/**
 * Calls other APIs on behalf of a caller: exchanges the token that they presented for one that those
 * APIs take (RFC 8693).
 *
 * @throws ConfigurationError when the issuer is not secure, or an id or a secret is empty
 * @example
 * const exchange = tokenExchange({ issuer, clientId, clientSecret, audience: "https://stock.example.com" });
 * const credential = bearer(exchange.for(presentedToken(principal)));
 */
export function tokenExchange<B extends DpopKeys | undefined = undefined>(
  options: TokenExchangeOptions<B>,
): TokenExchange<B> {
  const { scope, audience, resource, dpop, subjectTokenType = accessToken } = options;
  const connection = connect(options);
  const type = "urn:ietf:params:oauth:grant-type:token-exchange";

  return Object.freeze<TokenExchange<B>>({
    for(subjectToken) {
      const parameters = {
        scope,
        audience,
        resource,
        subject_token: toSecret(subjectToken).reveal(),
        subject_token_type: subjectTokenType,
        requested_token_type: accessToken,
      };
      return grantSource(connection, dpop, () => ({ type, parameters }));
    },
  });
}
