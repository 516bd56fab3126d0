import {
  createGuard,
  createMemoryReplays,
  dpop as dpopProofs,
  type Guard,
  jwt,
  scope,
} from "@countersign/core";
import { createMemoryLock, createMemoryTokens } from "@countersign/core/state";
import { getPrincipal, protect } from "@countersign/core/web";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import {
  authorizationCode,
  type BearerToken,
  bearer,
  type Credential,
  clientCredentials,
  clientSecretPost,
  createAuthFetch,
  type DpopToken,
  deviceCode,
  dpop,
  dpopKeys,
  privateKeyJwt,
  refreshToken,
  type TokenSource,
} from "../index.ts";
import { loopbackRedirect } from "../node.ts";
import { browse } from "./browser.fixture.ts";
import { audience, redirectUri, secret, startProvider } from "./provider.fixture.ts";

// It tells whoever starts it that this is no setup for production.
vi.spyOn(console, "info").mockImplementation(() => {});
vi.spyOn(console, "warn").mockImplementation(() => {});

let idp: Awaited<ReturnType<typeof startProvider>>;
/** The API, behind a guard of ours that asks for proofs with nonces. */
let api: (request: Request) => Promise<Response>;

beforeAll(async () => {
  idp = await startProvider();
  const proofs = dpopProofs({ replays: createMemoryReplays(), nonceSecret: "n".repeat(32) });
  const guard = createGuard({
    publicUrl: audience,
    schemes: [jwt({ issuer: idp.url, audience, profile: "rfc9068", dpop: proofs })],
  });
  const who = (request: Request) => {
    const { subject, clientId, scopes, binding } = getPrincipal(guard, request);
    return Response.json({ subject, clientId, scopes, binding: binding?.type });
  };
  const connection = () => ({ secure: true });
  api = protect(guard as Guard, who, scope("orders:read"), { connection });
});
afterAll(() => idp.stop());

/** What the API answers to whoever calls it with a credential. */
async function call(credential: Credential): Promise<unknown> {
  const fetch = (input: string | URL | Request, init?: RequestInit) =>
    api(new Request(input, init));
  const response = await createAuthFetch({ origins: [audience], credential, fetch })(
    `${audience}/me`,
  );
  expect(response.status).toBe(200);
  return response.json();
}

const withBearer = (source: TokenSource<BearerToken>) => call(bearer(source));
const withDpop = (source: TokenSource<DpopToken>) => call(dpop(source));
const target = { scope: "orders:read", resource: audience };

describe("client credentials of oidc-provider, and a call that our guard lets in", () => {
  const service = { clientId: "service", clientSecret: secret, ...target };

  test("with client_secret_basic", async () => {
    const source = clientCredentials({ issuer: idp.url, ...service });
    expect(await withBearer(source)).toEqual({
      subject: "service",
      clientId: "service",
      scopes: ["orders:read"],
    });
  });

  test("with client_secret_post", async () => {
    const clientAuthentication = clientSecretPost(secret);
    const options = { issuer: idp.url, clientId: "post", clientAuthentication, ...target };
    expect(await withBearer(clientCredentials(options))).toMatchObject({ clientId: "post" });
  });

  test("with private_key_jwt, again and again", async () => {
    const clientAuthentication = privateKeyJwt({ key: idp.key, keyId: "k1" });
    const options = { issuer: idp.url, clientId: "signer", clientAuthentication, ...target };
    const source = clientCredentials(options);
    for (let nth = 0; nth < 3; nth++) {
      expect(await withBearer(source)).toMatchObject({ clientId: "signer" });
      source.invalidate(await source.token());
    }
  });

  test("with DPoP, and nonces of both servers", async () => {
    const source = clientCredentials({ issuer: idp.url, ...service, dpop: dpopKeys() });
    expect(await withDpop(source)).toMatchObject({ clientId: "service", binding: "dpop" });
    const clientAuthentication = privateKeyJwt({ key: idp.key });
    const options = { issuer: idp.url, clientId: "signer", clientAuthentication, ...target };
    const signed = clientCredentials({ ...options, dpop: dpopKeys() });
    expect(await withDpop(signed)).toMatchObject({ clientId: "signer", binding: "dpop" });
  });

  test("with more scope when the API demands it", async () => {
    const narrow = { ...service, scope: "orders:write", scopeOnDemand: "orders:read" };
    const source = clientCredentials({ issuer: idp.url, ...narrow });
    expect(await withBearer(source)).toMatchObject({ scopes: ["orders:write", "orders:read"] });
  });

  test("not with a wrong secret: invalid_client", async () => {
    const source = clientCredentials({
      issuer: idp.url,
      ...service,
      clientSecret: "marked-secret",
    });
    await expect(source.token()).rejects.toMatchObject({ oauthError: "invalid_client" });
  });
});

describe("an authorization code of oidc-provider, and calls that our guard lets in", () => {
  const scope = "openid offline_access orders:read";

  test.each([
    ["a public client, by PAR", { clientId: "public" }],
    ["a public client, through the browser", { clientId: "public", pushed: false }],
    ["a client with a secret, by PAR", { clientId: "web", clientSecret: secret }],
  ])("for %s, with PKCE, and refreshed with rotation", async (_, client) => {
    const options = { issuer: idp.url, redirectUri, ...target, scope, ...client };
    const logins = authorizationCode(options);
    const { url, pending } = await logins.start();
    expect(new URL(url).searchParams.has("request_uri")).toBe(!("pushed" in client));
    const callback = await browse(url);
    expect(callback.searchParams.get("iss")).toBe(idp.url);
    const source = await logins.finish(callback, pending);
    const seen = new Set<string>();
    for (let nth = 0; nth < 3; nth++) {
      expect(await withBearer(source)).toMatchObject({ subject: "ada", clientId: client.clientId });
      const token = await source.token();
      seen.add(token.value.reveal());
      source.invalidate(token);
    }
    expect(seen.size).toBe(3);
  });

  test("for private_key_jwt, at the endpoint for pushed requests and the token endpoint", async () => {
    const clientAuthentication = privateKeyJwt({ key: idp.key });
    const client = { issuer: idp.url, clientId: "signer", clientAuthentication };
    const logins = authorizationCode({ ...client, redirectUri, ...target, scope });
    const { url, pending } = await logins.start();
    const source = await logins.finish(await browse(url), pending);
    expect(await withBearer(source)).toMatchObject({ subject: "ada", clientId: "signer" });
  });

  test("for a command-line program, which listens on this machine", async () => {
    const redirect = await loopbackRedirect();
    const client = { issuer: idp.url, clientId: "native", redirectUri: redirect.uri };
    const logins = authorizationCode({ ...client, ...target, scope });
    const login = await logins.start();
    const [callback] = await Promise.all([
      redirect.callback(login),
      browse(login.url).then((url) => fetch(url)),
    ]);
    const source = await logins.finish(callback, login.pending);
    expect(await withBearer(source)).toMatchObject({ subject: "ada", clientId: "native" });
  });

  test("with DPoP, nonces, and a key that outlives the process", async () => {
    const storage = { store: createMemoryTokens(), lock: createMemoryLock(), key: "ada" };
    const client = { issuer: idp.url, clientId: "public", dpop: dpopKeys() };
    const logins = authorizationCode({ ...client, redirectUri, ...target, scope });
    const { url, pending } = await logins.start();
    const source = await logins.finish(await browse(url), pending, { storage });
    expect(await withDpop(source)).toMatchObject({ subject: "ada", binding: "dpop" });
    const later = refreshToken({ ...client, dpop: dpopKeys(), storage });
    later.invalidate(await later.token());
    expect(await withDpop(later)).toMatchObject({ subject: "ada", binding: "dpop" });
    expect((await later.token()).value.reveal()).not.toBe((await source.token()).value.reveal());
  });

  test("whose login the server has ended: reauthentication_required", async () => {
    const client = { issuer: idp.url, clientId: "public" };
    const storage = { store: createMemoryTokens(), lock: createMemoryLock(), key: "ada" };
    const logins = authorizationCode({ ...client, redirectUri, ...target, scope });
    const { url, pending } = await logins.start();
    const source = await logins.finish(await browse(url), pending, { storage });
    const { refresh_token } = JSON.parse((await storage.store.read("ada")) ?? "");
    source.invalidate(await source.token());
    await source.token();
    // Somebody else uses the first refresh token again: the provider ends the login.
    const thief = refreshToken({ ...client, refreshToken: refresh_token });
    await expect(thief.token()).rejects.toMatchObject({ code: "reauthentication_required" });
    source.invalidate(await source.token());
    await expect(source.token()).rejects.toMatchObject({
      code: "reauthentication_required",
      oauthError: "invalid_grant",
    });
  });
});

describe("a device code of oidc-provider, and a call that our guard lets in", () => {
  const device = {
    clientId: "device",
    scope: "openid offline_access orders:read",
    resource: audience,
  };

  test("when the user has entered it, with and without DPoP", async () => {
    const started = deviceCode({ issuer: idp.url, ...device });
    const prompt = await started.start();
    expect(prompt.code).toMatch(/^\w{4}-\w{4}$/);
    await browse(prompt.completeUrl ?? "");
    const source = await started.finish({ ...prompt, interval: 0 });
    expect(await withBearer(source)).toMatchObject({ subject: "ada", clientId: "device" });
    source.invalidate(await source.token());
    expect(await withBearer(source)).toMatchObject({ subject: "ada" });

    const bound = deviceCode({ issuer: idp.url, ...device, dpop: dpopKeys() });
    const other = await bound.start();
    await browse(other.completeUrl ?? "");
    const boundSource = await bound.finish({ ...other, interval: 0 });
    expect(await withDpop(boundSource)).toMatchObject({ subject: "ada", binding: "dpop" });
  });

  test("after they have been waited for", async () => {
    const logins = deviceCode({ issuer: idp.url, ...device });
    const prompt = await logins.start();
    const pending = Promise.withResolvers<void>();
    const finished = logins.finish(
      { ...prompt, interval: 0.05 },
      { onProgress: ({ state }) => state === "pending" && pending.resolve() },
    );
    await pending.promise;
    await browse(prompt.completeUrl ?? "");
    expect(await withBearer(await finished)).toMatchObject({ subject: "ada" });
  });
});
