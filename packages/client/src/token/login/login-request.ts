import { type ClientOptions, type TokenTarget, toForm } from "../issuer/client-options.ts";
import type { DpopKeys } from "../issuer/dpop-keys.ts";
import { mergeScopes } from "../scope.ts";
import type { StepUpDemand } from "../token-source.ts";

/** What one login asks for beyond the usual. The demand of an API can be passed on as it is. */
export interface LoginRequest extends StepUpDemand {
  /** `login`, `consent`, … (OpenID Connect Core §3.1.2.1). */
  readonly prompt?: string;
  /** Who is to log in. */
  readonly loginHint?: string;
}

/** What every kind of login sends when it begins. */
export function toLoginForm(
  { clientId, scope, audience, resource }: ClientOptions<DpopKeys | undefined> & TokenTarget,
  request: LoginRequest,
): URLSearchParams {
  return toForm({
    client_id: clientId,
    scope: mergeScopes(scope, request.scope),
    audience,
    resource,
    acr_values: request.acrValues,
    max_age: request.maxAge?.toString(),
    prompt: request.prompt,
    login_hint: request.loginHint,
  });
}
