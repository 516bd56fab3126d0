import { createGuard, jwt, scope } from "@countersign/core";
import { getPrincipal, protect } from "@countersign/core/web";
import { answerJson } from "./answer.ts";
import type { Provider } from "./provider.ts";

/** The userinfo endpoint (OpenID Connect Core §5.3), behind a guard like any API. */
export function createUserInfo(provider: Provider): (request: Request) => Promise<Response> {
  const { url, audience, clock, issuer, dpop, revocations, profiles } = provider;
  const guard = createGuard({
    publicUrl: new URL(url).origin,
    clock,
    schemes: [jwt({ issuer: url, audience, jwks: () => issuer.jwks(), dpop, revocations })],
  });
  return protect(
    guard,
    (request: Request) => {
      const { subject = "" } = getPrincipal(guard, request);
      return answerJson({ ...profiles.get(subject)?.claims, sub: subject });
    },
    scope("openid"),
    // Whoever calls in process, or over loopback, is as good as on TLS.
    { connection: () => ({ secure: true }) },
  );
}
