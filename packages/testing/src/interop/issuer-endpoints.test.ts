/** The endpoints of the issuer, called by a client that is not ours: openid-client, by panva. */
import { dpop } from "@countersign/core";
import { createMemoryReplays, createMemoryRevocations } from "@countersign/core/state";
import { createIssuer } from "@countersign/issuer";
import { decodeJwt, exportJWK, generateKeyPair } from "jose";
import * as openid from "openid-client";
import { describe, expect, it } from "vitest";

const url = "https://id.example.com";
const audience = "https://api.example.com";
const stock = "https://stock.example.com";
/** Printable, with every character that Basic or a form must escape. */
const secret = "s3cret:+%&= /~0123456789";
const { publicKey, privateKey } = await generateKeyPair("ES256");
const jwk = { ...(await exportJWK(publicKey)), kid: "k1" };

const issuer = createIssuer({
  url,
  audience,
  clients: [
    { id: "signer", jwks: { keys: [jwk] }, scopes: ["a", "b"], audience },
    { id: "secret", secret, scopes: ["a"] },
    { id: "mobile" },
  ],
  replays: createMemoryReplays(),
  revocations: createMemoryRevocations(),
  dpop: dpop({ replays: createMemoryReplays(), nonceSecret: "0123456789abcdef0123456789abcdef" }),
  exchange: () => ({ audience: stock, scope: "stock:read" }),
});

const discover = (
  id: string,
  authentication: openid.ClientAuth,
  algorithm: "oidc" | "oauth2" = "oauth2",
) =>
  openid.discovery(new URL(url), id, undefined, authentication, {
    algorithm,
    [openid.customFetch]: (input, init) => issuer.fetch(new Request(input, init as RequestInit)),
  });
const asSigner = (algorithm?: "oidc" | "oauth2") =>
  discover("signer", openid.PrivateKeyJwt({ key: privateKey, kid: "k1" }), algorithm);

async function login(clientId: string): Promise<string> {
  const { refresh_token } = await issuer.issue({ subject: "ada", refreshable: true, clientId });
  return refresh_token ?? "";
}

describe("openid-client", () => {
  it.each(["oidc", "oauth2"] as const)("finds the issuer by %s discovery", async (algorithm) => {
    const config = await asSigner(algorithm);
    expect(config.serverMetadata()).toMatchObject({ issuer: url, jwks_uri: `${url}/jwks` });
  });

  it.each([
    ["client_secret_basic", openid.ClientSecretBasic(secret)],
    ["client_secret_post", openid.ClientSecretPost(secret)],
  ])("authenticates by %s", async (_method, authentication) => {
    const config = await discover("secret", authentication);
    expect(await openid.clientCredentialsGrant(config)).toMatchObject({ scope: "a" });
  });

  it("authenticates by private_key_jwt", async () => {
    const answer = await openid.clientCredentialsGrant(await asSigner(), { scope: "a" });
    expect(answer).toMatchObject({ token_type: "bearer", scope: "a" });
  });

  it("gets tokens bound to its DPoP key, once it has a nonce", async () => {
    const config = await asSigner();
    const DPoP = openid.getDPoPHandle(config, await openid.randomDPoPKeyPair("ES256"));
    const { access_token, token_type } = await openid.clientCredentialsGrant(config, {}, { DPoP });
    expect(token_type).toBe("dpop");
    const jkt = await DPoP.calculateThumbprint();
    expect(decodeJwt(access_token).cnf).toEqual({ jkt });
    const answer = await openid.tokenIntrospection(config, access_token);
    expect(answer).toMatchObject({ active: true, token_type: "DPoP", cnf: { jkt } });
  });

  it("refreshes, as a public client too", async () => {
    for (const [id, config] of [
      ["signer", await asSigner()],
      ["mobile", await discover("mobile", openid.None())],
    ] as const) {
      const first = await openid.refreshTokenGrant(config, await login(id));
      const second = await openid.refreshTokenGrant(config, first.refresh_token ?? "");
      expect(second.refresh_token).not.toBe(first.refresh_token);
    }
  });

  it("exchanges a token (RFC 8693)", async () => {
    const config = await asSigner();
    const { access_token } = await issuer.issue({ subject: "ada" });
    const answer = await openid.genericGrantRequest(
      config,
      "urn:ietf:params:oauth:grant-type:token-exchange",
      {
        subject_token: access_token,
        subject_token_type: "urn:ietf:params:oauth:token-type:access_token",
        audience: stock,
      },
    );
    expect(decodeJwt(answer.access_token)).toMatchObject({
      sub: "ada",
      aud: stock,
      scope: "stock:read",
      act: { sub: "signer" },
    });
  });

  it("revokes, and is told so", async () => {
    const config = await asSigner();
    const { access_token, refresh_token = "" } = await openid.refreshTokenGrant(
      config,
      await login("signer"),
    );
    expect(await openid.tokenIntrospection(config, access_token)).toMatchObject({ active: true });
    await openid.tokenRevocation(config, refresh_token);
    for (const token of [access_token, refresh_token]) {
      expect(await openid.tokenIntrospection(config, token)).toEqual({ active: false });
    }
  });

  it("understands refusals", async () => {
    const config = await asSigner();
    const refusal = { error: "invalid_grant", status: 400 };
    await expect(openid.refreshTokenGrant(config, "csrt_x")).rejects.toMatchObject(refusal);
    const stranger = await discover("secret", openid.ClientSecretBasic("wrong"));
    await expect(openid.clientCredentialsGrant(stranger)).rejects.toThrow();
  });
});
