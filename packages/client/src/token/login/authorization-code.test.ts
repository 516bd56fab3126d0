import { createMemoryLock, createMemoryTokens } from "@countersign/core/state";
import { ConfigurationError, sha256 } from "@countersign/core/wire";
import { describe, expect, test } from "vitest";
import { standingClock } from "../../../fixtures/clock.ts";
import { fakeIssuer, refusal, tokens } from "../../../fixtures/fake-issuer.ts";
import { dpopKeys } from "../issuer/dpop-keys.ts";
import { type AuthorizationCodeOptions, authorizationCode } from "./authorization-code.ts";
import { refreshToken } from "./refresh-token.ts";

const redirectUri = "https://app.example.com/callback";
const authorization_endpoint = "https://id.example.com/authorize";

/** A client, its issuer, and what came to the issuer's endpoints. */
function setUp(
  options: Partial<AuthorizationCodeOptions> = {},
  metadata: object = {},
  answer: Parameters<typeof fakeIssuer>[0] = (_, nth) =>
    tokens(`access-${nth}`, { refresh_token: `refresh-${nth}` }),
) {
  const { issuer, fetch, forms } = fakeIssuer(answer, { authorization_endpoint, ...metadata });
  const client = { issuer, clientId: "app", redirectUri, fetch, ...options };
  return { logins: authorizationCode(client), client, fetch, forms, issuer };
}

const parametersOf = (url: string) => Object.fromEntries(new URL(url).searchParams);

describe("start", () => {
  test("gives the URL of RFC 6749 §4.1.1 with PKCE (RFC 7636 §4.3), and what belongs to it", async () => {
    const { logins } = setUp({ scope: "orders:read", resource: "https://api.example.com" });
    const { url, state, pending } = await logins.start({ scope: "orders:write", loginHint: "ada" });
    const { verifier } = JSON.parse(pending.reveal());
    expect(new URL(url).origin + new URL(url).pathname).toBe(authorization_endpoint);
    expect(parametersOf(url)).toEqual({
      response_type: "code",
      client_id: "app",
      redirect_uri: redirectUri,
      scope: "orders:read orders:write",
      resource: "https://api.example.com",
      login_hint: "ada",
      state,
      code_challenge: await sha256(verifier),
      code_challenge_method: "S256",
    });
    expect(verifier).toMatch(/^[\w-]{43}$/);
    expect(state).toMatch(/^[\w-]{43}$/);
    expect(`${pending}${JSON.stringify({ pending })}`).not.toContain(verifier);
  });

  test("takes an API's demand (RFC 9470 §4)", async () => {
    const { logins } = setUp();
    const { url } = await logins.start({ acrValues: "phr phrh", maxAge: 0, prompt: "login" });
    expect(parametersOf(url)).toMatchObject({
      acr_values: "phr phrh",
      max_age: "0",
      prompt: "login",
    });
  });

  test("makes each login another one", async () => {
    const { logins } = setUp();
    const [one, other] = await Promise.all([logins.start(), logins.start()]);
    expect(one.state).not.toBe(other.state);
    expect(one.pending.reveal()).not.toBe(other.pending.reveal());
  });

  test("keeps the query that the endpoint has", async () => {
    const { logins } = setUp({}, { authorization_endpoint: `${authorization_endpoint}?tenant=a` });
    expect(parametersOf((await logins.start()).url)).toMatchObject({
      tenant: "a",
      client_id: "app",
    });
  });

  const pushed_authorization_request_endpoint = "https://id.example.com/par";

  test.each([
    ["where the issuer offers it", undefined, true],
    ["where it is wanted", true, true],
    ["not where it is not wanted", false, false],
  ])("pushes the request (RFC 9126 §2) %s", async (_, pushed, isPushed) => {
    const request_uri = "urn:ietf:params:oauth:request_uri:6esc_11ACC5bwc014ltc14eY22c";
    const sent: unknown[] = [];
    const { logins } = setUp(
      { clientSecret: "secret", ...(pushed !== undefined && { pushed }) },
      { pushed_authorization_request_endpoint },
      ({ form, headers }) => {
        sent.push({ ...form, authorization: headers.get("authorization") });
        return Response.json({ request_uri, expires_in: 60 }, { status: 201 });
      },
    );
    const { url, state } = await logins.start();
    if (!isPushed) return expect(parametersOf(url).state).toBe(state);
    expect(parametersOf(url)).toEqual({ client_id: "app", request_uri });
    const authorization = `Basic ${btoa("app:secret")}`;
    expect(sent).toMatchObject([{ state, redirect_uri: redirectUri, authorization }]);
  });

  test.each<[string, unknown, Partial<AuthorizationCodeOptions>]>([
    ["no authorization endpoint", { authorization_endpoint: undefined }, {}],
    ["one in clear text", { authorization_endpoint: "http://id.example.com/authorize" }, {}],
    ["one of another kind", { authorization_endpoint: "javascript:alert(1)" }, {}],
    ["no endpoint for pushed requests", {}, { pushed: true }],
    [
      "one in clear text for them",
      { pushed_authorization_request_endpoint: "http://id.example.com/par" },
      {},
    ],
  ])("fails with %s", async (_, metadata, options) => {
    const { logins } = setUp(options, metadata as object);
    await expect(logins.start()).rejects.toMatchObject({ code: "discovery_failed" });
  });

  test.each([
    ["a registered error", () => refusal("invalid_scope"), "invalid_scope"],
    ["another one", () => refusal("marked-secret"), undefined],
    ["no reference", () => Response.json({ expires_in: 60 }, { status: 201 }), undefined],
    ["a page", () => new Response("<html>marked-secret", { status: 201 }), undefined],
  ])("fails when a pushed request is answered with %s", async (_, answer, oauthError) => {
    const { logins } = setUp({}, { pushed_authorization_request_endpoint }, answer);
    const error = await logins.start().catch((thrown) => thrown);
    expect(error).toMatchObject({ code: "login_failed", oauthError });
    expect(error.stack).not.toContain("marked-secret");
  });
});

describe("finish", () => {
  test("asks as RFC 6749 §4.1.3 says, and gives a source that refreshes", async () => {
    const clock = standingClock();
    const { logins, forms } = setUp({ clock, resource: "https://api.example.com" });
    const { state, pending } = await logins.start();
    const source = await logins.finish(`${redirectUri}?code=c0de&state=${state}`, pending);
    expect((await source.token()).value.reveal()).toBe("access-1");
    clock.advance(3600);
    expect((await source.token()).value.reveal()).toBe("access-2");
    expect(forms.map(({ form }) => form)).toEqual([
      {
        grant_type: "authorization_code",
        code: "c0de",
        redirect_uri: redirectUri,
        code_verifier: JSON.parse(pending.reveal()).verifier,
        resource: "https://api.example.com",
        client_id: "app",
      },
      {
        grant_type: "refresh_token",
        refresh_token: "refresh-1",
        resource: "https://api.example.com",
        client_id: "app",
      },
    ]);
  });

  test.each([
    ["a URL object", (query: string) => new URL(`${redirectUri}?${query}`)],
    ["a path, as servers see it", (query: string) => `/callback?${query}`],
    ["a form that was posted", (query: string) => new URLSearchParams(query)],
  ])("takes %s, and pending as text, in another process", async (_, toCallback) => {
    const { logins } = setUp();
    const { state, pending } = await logins.start();
    const elsewhere = setUp();
    const callback = toCallback(`code=c0de&state=${state}&iss=https://id.example.com`);
    const source = await elsewhere.logins.finish(callback, pending.reveal());
    expect(await source.token()).toMatchObject({ type: "bearer" });
  });

  test("without a refresh token the login lasts as long as its token", async () => {
    const clock = standingClock();
    const { logins, forms } = setUp({ clock }, {}, () => tokens("access"));
    const { state, pending } = await logins.start();
    const source = await logins.finish(`/callback?code=c&state=${state}`, pending);
    await source.token();
    clock.advance(3600);
    await expect(source.token()).rejects.toMatchObject({ code: "reauthentication_required" });
    expect(forms).toHaveLength(1);
  });

  test("keeps the login, where its user, or another process, can go on with it", async () => {
    const { logins, client } = setUp({ scope: "orders:read" });
    const { state, pending } = await logins.start();
    const storage = { store: createMemoryTokens(), lock: createMemoryLock(), key: "ada" };
    const source = await logins.finish(`/callback?code=c&state=${state}`, pending, { storage });
    const { issuer, clientId, fetch } = client;
    const other = refreshToken({ issuer, clientId, fetch, storage });
    expect((await other.token()).value.reveal()).toBe("access-1");
    other.invalidate(await other.token());
    await other.token();
    source.invalidate(await source.token());
    expect((await source.token()).value.reveal()).toBe("access-2");
  });

  test("binds each login to a key of its own", async () => {
    const bound = setUp({}, {}, (_, nth) => tokens(`access-${nth}`, { token_type: "DPoP" }));
    const logins = authorizationCode({ ...bound.client, dpop: dpopKeys() });
    const finished = async () => {
      const { state, pending } = await logins.start();
      return (await logins.finish(`/callback?code=c&state=${state}`, pending)).token();
    };
    const [one, other] = [await finished(), await finished()];
    expect(one.type).toBe("dpop");
    expect(one.key).not.toBe(other.key);
  });

  const iss = "https://id.example.com";
  const issues = { authorization_response_iss_parameter_supported: true };
  test.each<[string, (state: string) => Record<string, string>, object]>([
    ["another state", () => ({ code: "c", state: "marked-secret" }), {}],
    ["no state", () => ({ code: "c" }), {}],
    [
      "another issuer (RFC 9207 §2.4)",
      (state) => ({ code: "c", state, iss: "https://evil.example" }),
      {},
    ],
    ["an issuer that is a prefix", (state) => ({ code: "c", state, iss: iss.slice(0, -1) }), {}],
    [
      "no issuer, which the server promised (RFC 9207 §2.4)",
      (state) => ({ code: "c", state }),
      issues,
    ],
    ["no code", (state) => ({ state, iss }), issues],
    ["an empty code", (state) => ({ code: "", state }), {}],
    ["a token instead (implicit)", (state) => ({ state, token: "marked-secret" }), {}],
    ["an ID token beside it (hybrid)", (state) => ({ code: "c", state, id_token: "a.b.c" }), {}],
    ["nothing", () => ({}), {}],
  ])("refuses a callback with %s, and asks for nothing", async (_, toQuery, metadata) => {
    const { logins, forms } = setUp({}, metadata);
    const { state, pending } = await logins.start();
    const callback = new URLSearchParams(toQuery(state));
    const error = await logins.finish(callback, pending).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: "login_failed", oauthError: undefined });
    expect(error.stack).not.toContain("marked-secret");
    expect(error.cause).toBeUndefined();
    expect(forms).toHaveLength(0);
  });

  test.each(["code", "state", "iss"])("refuses a callback with two of %s", async (name) => {
    const { logins, forms } = setUp();
    const { state, pending } = await logins.start();
    const callback = new URLSearchParams({ code: "c", state, iss });
    callback.append(name, callback.get(name) ?? "");
    await expect(logins.finish(callback, pending)).rejects.toMatchObject({ code: "login_failed" });
    expect(forms).toHaveLength(0);
  });

  test.each([
    ["access_denied", "access_denied"],
    ["unmet_authentication_requirements", "unmet_authentication_requirements"],
    ["marked-secret", undefined],
    ["toString", undefined],
  ])("tells of the error %s, if it is registered", async (error, oauthError) => {
    const { logins } = setUp();
    const { state, pending } = await logins.start();
    const callback = new URLSearchParams({ error, error_description: "marked-secret", state });
    const thrown = await logins.finish(callback, pending).catch((failure) => failure);
    expect(thrown).toMatchObject({ code: "login_failed", oauthError });
    expect(thrown.stack).not.toContain("marked-secret");
  });

  test("believes an error of another login as little as a code", async () => {
    const { logins } = setUp();
    const { pending } = await logins.start();
    const callback = new URLSearchParams({ error: "access_denied", state: "another" });
    const thrown = await logins.finish(callback, pending).catch((failure) => failure);
    expect(thrown).toMatchObject({ code: "login_failed", oauthError: undefined });
  });

  test.each<[string, (pending: string) => string]>([
    ["nothing", () => ""],
    ["text", () => "marked-secret"],
    ["null", () => "null"],
    ["a list", () => "[]"],
    ["no verifier", (pending) => JSON.stringify({ ...JSON.parse(pending), verifier: undefined })],
    ["an empty verifier", (pending) => JSON.stringify({ ...JSON.parse(pending), verifier: "" })],
    ["what is of another issuer", (pending) => pending.replace("id.example", "evil.example")],
  ])("refuses pending that is %s", async (_, change) => {
    const { logins, forms } = setUp();
    const { state, pending } = await logins.start();
    const callback = `/callback?code=c&state=${state}`;
    const error = await logins.finish(callback, change(pending.reveal())).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: "login_failed" });
    expect(error.stack).not.toContain("marked-secret");
    expect(forms).toHaveLength(0);
  });

  test("is an error when the code is not taken, or the store takes no login", async () => {
    const { logins } = setUp({}, {}, () => refusal("invalid_grant"));
    const { state, pending } = await logins.start();
    const callback = `/callback?code=c&state=${state}`;
    await expect(logins.finish(callback, pending)).rejects.toMatchObject({
      code: "token_request_failed",
      oauthError: "invalid_grant",
    });
    const store = createMemoryTokens({ limit: 0 });
    const storage = { store, lock: createMemoryLock(), key: "ada" };
    const login = await setUp().logins.start();
    const finishing = setUp().logins.finish(
      `/callback?code=c&state=${login.state}`,
      login.pending,
      {
        storage,
      },
    );
    await expect(finishing).rejects.toMatchObject({ code: "token_store_failed" });
  });
});

test.each([
  ["none", ""],
  ["a relative one", "/callback"],
  ["one in clear text", "http://app.example.com/callback"],
  ["one with a fragment (RFC 6749 §3.1.2)", "https://app.example.com/callback#a"],
  ["one with an empty fragment", "https://app.example.com/callback#"],
])("refuses %s as redirect URI at start", (_, uri) => {
  expect(() => setUp({ redirectUri: uri })).toThrow(ConfigurationError);
});

test.each(["http://127.0.0.1:4711/callback", "http://localhost/", "com.example.app:/callback"])(
  "takes %s as redirect URI (RFC 8252 §7)",
  (uri) => {
    expect(() => setUp({ redirectUri: uri })).not.toThrow();
  },
);
