/** The test issuer, as openid-client by panva sees it: its sockets, its clock the machine's. */
import { createGuard, createMemoryReplays, dpop, jwt } from "@countersign/core";
import { protect } from "@countersign/core/web";
import { decodeJwt } from "jose";
import * as openid from "openid-client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createRunningClock } from "../issuer/clock.ts";
import { createTestIssuer, type TestIssuer } from "../issuer/create-test-issuer.ts";
import type { TestIssuerOptions } from "../issuer/options.ts";

const redirect_uri = "http://127.0.0.1:8080/callback";
const app = { id: "app", redirectUris: [redirect_uri] };
const service = { id: "service", secret: "a secret of the service", scopes: ["read"] };
const ada = {
  subject: "ada",
  roles: ["admin"],
  claims: { name: "Ada", email: "ada@example.com" },
};

let issuer: TestIssuer;
beforeEach(() => start());
afterEach(() => issuer.close());

async function start(options: TestIssuerOptions = {}): Promise<void> {
  await issuer?.close();
  const clock = createRunningClock();
  issuer = createTestIssuer({ clients: [app, service], users: [ada], clock, ...options });
  await issuer.listen();
}

const insecure = { execute: [openid.allowInsecureRequests] };
const asApp = () =>
  openid.discovery(new URL(issuer.url), "app", undefined, openid.None(), insecure);
const asService = () =>
  openid.discovery(new URL(issuer.url), "service", service.secret, undefined, insecure);

/** The way of a browser: to the issuer and back, and what it is sent back with. */
async function visit(url: URL): Promise<URL> {
  const answer = await fetch(url, { redirect: "manual" });
  expect(answer.status).toBe(302);
  return new URL(answer.headers.get("location") ?? "");
}

/** A whole login with a code, PKCE, `state` and `nonce`. */
async function login(
  config: openid.Configuration,
  more: Record<string, string> = {},
  { DPoP, isPushed = false }: { DPoP?: openid.DPoPHandle; isPushed?: boolean } = {},
) {
  const pkceCodeVerifier = openid.randomPKCECodeVerifier();
  const parameters = {
    redirect_uri,
    scope: "openid read",
    state: openid.randomState(),
    nonce: openid.randomNonce(),
    code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
    ...more,
  };
  const url = isPushed
    ? await openid.buildAuthorizationUrlWithPAR(config, parameters)
    : openid.buildAuthorizationUrl(config, parameters);
  const { state: expectedState, nonce: expectedNonce } = parameters;
  const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true };
  const back = await visit(url);
  return openid.authorizationCodeGrant(config, back, checks, undefined, DPoP && { DPoP });
}

describe("openid-client", () => {
  it("logs in by code and PKCE, and asks who it is", async () => {
    const config = await asApp();
    expect(config.serverMetadata().supportsPKCE()).toBe(true);
    const tokens = await login(config);
    const { sub = "", at_hash, auth_time, name } = tokens.claims() as openid.IDToken;
    expect([sub, name]).toEqual(["ada", "Ada"]);
    expect([typeof at_hash, typeof auth_time]).toEqual(["string", "number"]);
    expect(decodeJwt(tokens.access_token)).toMatchObject({
      ...{ iss: issuer.url, sub: "ada", client_id: "app", scope: "openid read", roles: ["admin"] },
    });
    const { access_token } = tokens;
    expect(await openid.fetchUserInfo(config, access_token, sub)).toEqual({
      ...{ sub: "ada", name: "Ada", email: "ada@example.com" },
    });
  });

  it.each(["RS256", "EdDSA"] as const)("takes ID tokens signed with %s", async (algorithm) => {
    await start({ algorithm });
    const config = await asApp();
    openid.enableNonRepudiationChecks(config);
    expect((await login(config)).claims()?.sub).toBe("ada");
  });

  it("pushes its requests, as a public and as a confidential client", async () => {
    for (const config of [await asApp(), await asService()]) {
      const tokens = await login(config, {}, { isPushed: true });
      expect(tokens.claims()?.sub).toBe("ada");
    }
  });

  it("refreshes, and not twice with one token", async () => {
    const config = await asApp();
    const first = await login(config);
    const second = await openid.refreshTokenGrant(config, first.refresh_token ?? "");
    expect(second.refresh_token).not.toBe(first.refresh_token);
    const third = await openid.refreshTokenGrant(config, second.refresh_token ?? "");
    expect(decodeJwt(third.access_token)).toMatchObject({ sub: "ada", roles: ["admin"] });
    await expect(openid.refreshTokenGrant(config, first.refresh_token ?? "")).rejects.toMatchObject(
      { error: "invalid_grant" },
    );
  });

  it("is told that the user said no", async () => {
    await start({ login: () => "deny" });
    await expect(login(await asApp())).rejects.toMatchObject({ error: "access_denied" });
  });

  it("gets tokens for itself", async () => {
    const { access_token, scope } = await openid.clientCredentialsGrant(await asService());
    expect([decodeJwt(access_token).sub, scope]).toEqual(["service", "read"]);
  });

  it("logs in a device, once the user has consented", async () => {
    await start({ device: { pending: 2, interval: 0.01 } });
    const config = await asApp();
    const scope = "openid read";
    const device = await openid.initiateDeviceAuthorization(config, { scope });
    expect(device.verification_uri_complete).toContain(device.user_code);
    const tokens = await openid.pollDeviceAuthorizationGrant(config, device);
    expect(tokens.claims()?.sub).toBe("ada");
    const polls = issuer.requests.filter(({ path }) => path === "/token");
    expect(polls).toHaveLength(3);
  });

  it("logs in a device whose user goes where they are sent", async () => {
    await start({ device: { pending: 1e9, interval: 0.01 } });
    const config = await asApp();
    const device = await openid.initiateDeviceAuthorization(config, { scope: "read" });
    expect((await fetch(device.verification_uri_complete ?? "")).status).toBe(200);
    const tokens = await openid.pollDeviceAuthorizationGrant(config, device);
    expect(decodeJwt(tokens.access_token).sub).toBe("ada");
  });

  it("is told that the user of a device said no", async () => {
    await start({ login: () => "deny", device: { interval: 0.01 } });
    const config = await asApp();
    const device = await openid.initiateDeviceAuthorization(config, {});
    await expect(openid.pollDeviceAuthorizationGrant(config, device)).rejects.toMatchObject({
      error: "access_denied",
    });
  });

  it("binds a login to its DPoP key, nonces and all, up to an API", async () => {
    await start({ dpopNonces: true });
    const config = await asApp();
    const DPoP = openid.getDPoPHandle(config, await openid.randomDPoPKeyPair("ES256"));
    const tokens = await login(config, {}, { DPoP });
    const jkt = await DPoP.calculateThumbprint();
    expect(decodeJwt(tokens.access_token).cnf).toEqual({ jkt });
    const { access_token } = tokens;
    expect(await openid.fetchUserInfo(config, access_token, "ada", { DPoP })).toMatchObject({
      sub: "ada",
    });

    const fresh = await openid.refreshTokenGrant(config, tokens.refresh_token ?? "", undefined, {
      DPoP,
    });
    const api = "https://api.test/orders";
    const proofs = dpop({ replays: createMemoryReplays(), nonceSecret: "n".repeat(32) });
    const { url, audience } = issuer;
    const guard = createGuard({
      publicUrl: "https://api.test",
      schemes: [jwt({ issuer: url, audience, dpop: proofs })],
    });
    const handle = protect(guard, () => new Response("in"), undefined, {
      connection: () => ({ secure: true }),
    });
    config[openid.customFetch] = (input, init) =>
      input.startsWith(api)
        ? handle(new Request(input, init as RequestInit))
        : fetch(input, init as RequestInit);
    const call = (handle: openid.DPoPHandle) =>
      openid.fetchProtectedResource(
        config,
        fresh.access_token,
        new URL(api),
        "GET",
        null,
        undefined,
        {
          DPoP: handle,
        },
      );
    expect(await (await call(DPoP)).text()).toBe("in");
    const stranger = openid.getDPoPHandle(config, await openid.randomDPoPKeyPair("ES256"));
    await expect(call(stranger)).rejects.toThrow();
    await expect(
      openid.refreshTokenGrant(config, fresh.refresh_token ?? "", undefined, { DPoP: stranger }),
    ).rejects.toMatchObject({ error: "invalid_grant" });
  });

  it("exchanges tokens, sends assertions, revokes", async () => {
    const config = await asService();
    const { access_token } = await login(await asApp());
    const exchanged = await openid.genericGrantRequest(
      config,
      "urn:ietf:params:oauth:grant-type:token-exchange",
      {
        subject_token: access_token,
        subject_token_type: "urn:ietf:params:oauth:token-type:access_token",
        audience: "https://stock.test",
        scope: "stock:read",
      },
    );
    expect(decodeJwt(exchanged.access_token)).toMatchObject({
      ...{ sub: "ada", aud: "https://stock.test", scope: "stock:read", act: { sub: "service" } },
    });
    const assertion = await issuer.mint({ subject: "robot", audience: issuer.url });
    const bearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    const answer = await openid.genericGrantRequest(config, bearer, { assertion, scope: "read" });
    expect(decodeJwt(answer.access_token)).toMatchObject({ sub: "robot", scope: "read" });

    expect(await openid.tokenIntrospection(config, answer.access_token)).toMatchObject({
      active: true,
    });
    await openid.tokenRevocation(config, answer.access_token);
    expect(await openid.tokenIntrospection(config, answer.access_token)).toEqual({ active: false });
  });
});
