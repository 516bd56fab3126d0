import type { TestIssuer } from "../issuer/create-test-issuer.ts";
import type { Introspected } from "./outside.ts";

/** The tokens about which the issuer gives no answer that could be used. */
export const outages = ["down", "slow", "html", "string"] as const;

/** What the issuer says of opaque tokens, each named after what is right or wrong with it. */
export function introspected(issuer: TestIssuer): Introspected {
  const exp = Math.floor(issuer.clock.now() / 1000) + 300;
  const { url: iss, audience: aud } = issuer;
  const good = { active: true, token_type: "Bearer", sub: "test-user", iss, aud, exp };
  return {
    "opaque-token-active": good,
    "opaque-token-inactive": { active: false },
    "opaque-token-down": good,
    "opaque-token-slow": good,
    "opaque-token-html": "<html>It works!</html>",
    "opaque-token-string": { ...good, active: "true" },
    "opaque-token-id": { ...good, token_use: "id" },
    "opaque-token-refresh": { ...good, token_type: undefined, token_use: "refresh" },
    "opaque-token-refresh-type": { ...good, token_type: "refresh_token" },
    "opaque-token-foreign": { ...good, aud: "https://other.test" },
    "opaque-token-expired": { ...good, exp: exp - 3600 },
  };
}
