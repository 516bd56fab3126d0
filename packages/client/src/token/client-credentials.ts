import { requireThat } from "@countersign/core/wire";
import { grantSource } from "./grant-source.ts";
import type { ClientOptions, TokenFor, TokenTarget } from "./issuer/client-options.ts";
import { connect } from "./issuer/connect.ts";
import type { DpopKeys } from "./issuer/dpop-keys.ts";
import { mergeScopes, toScopes } from "./scope.ts";
import { onStepUp } from "./step-up.ts";
import type { StepUpDemand, TokenSource } from "./token-source.ts";

/** The client, its issuer, and what to ask for. It needs `clientSecret` or `clientAuthentication`. */
export interface ClientCredentialsOptions<B extends DpopKeys | undefined = undefined>
  extends ClientOptions<B>,
    TokenTarget {
  /** Scopes, separated by spaces, that are asked for as soon as an API demands them, and not before. */
  readonly scopeOnDemand?: string;
}

/**
 * Access tokens for a service that acts for itself (RFC 6749 §4.4). Nothing is sent before the first
 * token is asked for. Tokens are renewed before they expire, in one request however many callers wait;
 * after a failure the token endpoint is left alone for 1 s, then 2 s, up to about half a minute.
 *
 * @throws ConfigurationError when the issuer is not secure, an id or a secret is empty, or there is
 * nothing to authenticate with
 * @example
 * const source = clientCredentials({ issuer, clientId, clientSecret, scope: "orders:read" });
 * createAuthFetch({ origins: ["https://api.example.com"], credential: bearer(source) });
 */
export function clientCredentials<B extends DpopKeys | undefined = undefined>(
  options: ClientCredentialsOptions<B>,
): TokenSource<TokenFor<B>> {
  requireThat(
    options.clientSecret !== undefined || options.clientAuthentication,
    "clientCredentials: give clientSecret or clientAuthentication; this grant is for clients that have one.",
  );
  const { audience, resource, dpop } = options;
  const connection = connect(options);
  const asking = (scope: string | undefined) => {
    const parameters = { scope, audience, resource };
    return grantSource(connection, dpop, () => ({ type: "client_credentials", parameters }));
  };
  let { scope: asked } = options;
  const allowed = toScopes(mergeScopes(asked, options.scopeOnDemand));
  const climb = async ({ scope, acrValues, maxAge }: StepUpDemand) => {
    // There is no user who could log in again, and no API may demand just any scope.
    if (!scope || acrValues || maxAge !== undefined) return undefined;
    if (!toScopes(scope).every((each) => allowed.includes(each))) return undefined;
    const wider = mergeScopes(asked, scope);
    const source = asking(wider);
    try {
      await source.token();
    } catch {
      return undefined; // the API's refusal is the answer
    }
    asked = wider;
    return source;
  };
  return onStepUp(asking(asked), climb, { clock: connection });
}
