import { type MaybePromise, type Secret, toSecret } from "@countersign/core/wire";
import { grantSource } from "./grant-source.ts";
import type { ClientOptions, TokenFor, TokenTarget } from "./issuer/client-options.ts";
import { connect } from "./issuer/connect.ts";
import type { DpopKeys } from "./issuer/dpop-keys.ts";
import type { TokenSource } from "./token-source.ts";

/** The issuer, and what speaks for the client. */
export interface JwtBearerOptions<B extends DpopKeys | undefined = undefined>
  extends Omit<ClientOptions<B>, "clientId">,
    TokenTarget {
  /** Where the issuer wants to know the client besides the assertion (RFC 7523 §2.1). */
  readonly clientId?: string;
  /** Makes an assertion: a JWT that the issuer trusts. It is asked for one each time a token is. */
  readonly assertion: () => MaybePromise<string | Secret>;
}

/** Neither id nor proof: the assertion says it all. */
const anonymous = { clientId: "anonymous", clientAuthentication: { authenticate() {} } };

/**
 * Access tokens for an assertion (RFC 7523 §2.1): for service accounts, and between issuers that trust
 * each other.
 *
 * @throws ConfigurationError when the issuer is not secure, or an id or a secret is empty
 * @example
 * // With jose:
 * const assertion = () =>
 *   new SignJWT().setProtectedHeader({ alg }).setIssuer(account).setAudience(issuer).setExpirationTime("1m").sign(key);
 * const source = jwtBearer({ issuer, assertion, scope: "orders:read" });
 */
export function jwtBearer<B extends DpopKeys | undefined = undefined>(
  options: JwtBearerOptions<B>,
): TokenSource<TokenFor<B>> {
  const { clientId, scope, audience, resource, dpop, assertion } = options;
  const connection = connect<B>({
    ...options,
    ...(clientId === undefined ? anonymous : { clientId }),
  });
  return grantSource(connection, dpop, async () => ({
    type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
    parameters: { scope, audience, resource, assertion: toSecret(await assertion()).reveal() },
  }));
}
