import { expect, it } from "vitest";
import { createTestIssuer } from "../issuer/create-test-issuer.ts";

it.each(["openid-configuration", "oauth-authorization-server"])("%s", async (name) => {
  const { url, fetch } = createTestIssuer({ algorithm: "EdDSA" });
  const answer = await fetch(`${url}/.well-known/${name}`);
  expect(answer.headers.get("cache-control")).toMatch(/^public/);
  expect(await answer.json()).toMatchObject({
    issuer: url,
    jwks_uri: `${url}/jwks`,
    token_endpoint: `${url}/token`,
    authorization_endpoint: `${url}/authorize`,
    pushed_authorization_request_endpoint: `${url}/par`,
    device_authorization_endpoint: `${url}/device_authorization`,
    userinfo_endpoint: `${url}/userinfo`,
    introspection_endpoint: `${url}/introspect`,
    revocation_endpoint: `${url}/revoke`,
    grant_types_supported: [
      "client_credentials",
      "refresh_token",
      "urn:ietf:params:oauth:grant-type:token-exchange",
      "authorization_code",
      "urn:ietf:params:oauth:grant-type:device_code",
      "urn:ietf:params:oauth:grant-type:jwt-bearer",
    ],
    response_types_supported: ["code"],
    code_challenge_methods_supported: ["S256"],
    authorization_response_iss_parameter_supported: true,
    id_token_signing_alg_values_supported: ["EdDSA"],
  });
});
