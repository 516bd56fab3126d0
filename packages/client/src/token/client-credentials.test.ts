import { ConfigurationError } from "@countersign/core/wire";
import { expect, test } from "vitest";
import { standingClock } from "../../fixtures/clock.ts";
import { fakeFetch } from "../../fixtures/fake-fetch.ts";
import { fakeIssuer, refusal, tokens } from "../../fixtures/fake-issuer.ts";
import { serve } from "../../fixtures/serve.ts";
import { serveIssuer } from "../../fixtures/serve-issuer.ts";
import { type ClientCredentialsOptions, clientCredentials } from "./client-credentials.ts";
import {
  type ClientAuthentication,
  clientSecretBasic,
  clientSecretPost,
} from "./issuer/client-authentication.ts";
import type { TokenSource } from "./token-source.ts";

const client = { clientId: "my client", clientSecret: "s:e%cret" };

type Answer = Parameters<typeof fakeIssuer>[0];

/** A source of `token-1`, `token-2` …, unless the issuer answers or says of itself something else. */
function setUp(
  options: Partial<ClientCredentialsOptions> = {},
  answer: Answer = (_, nth) => tokens(`token-${nth}`),
  metadata: object = {},
) {
  const { issuer, fetch, forms } = fakeIssuer(answer, { ...metadata });
  const clock = standingClock();
  const source = clientCredentials({ ...client, issuer, fetch, clock, ...options });
  return { source, fetch, forms, clock };
}

function paths(requests: readonly Request[]): string[] {
  return requests.map(({ url }) => new URL(url).pathname);
}

test("asks for a token as RFC 6749 §4.4 says, after discovery, and keeps both", async () => {
  const { source, fetch, forms, clock } = setUp({ scope: "a b" });
  expect(fetch.requests).toHaveLength(0);
  const token = await source.token();
  expect(token.type).toBe("bearer");
  expect(token.value.reveal()).toBe("token-1");
  expect(token.expiresAt).toBe(clock.now() / 1000 + 3600);
  await source.token();
  expect(fetch.requests[1]?.method).toBe("POST");
  const [request] = forms;
  expect(request?.form).toEqual({ grant_type: "client_credentials", scope: "a b" });
  // Each part form-encoded first (RFC 6749 §2.3.1).
  expect(request?.headers.get("authorization")).toBe(`Basic ${btoa("my+client:s%3Ae%25cret")}`);
  clock.advance(3601);
  await source.token();
  expect(paths(fetch.requests)).toEqual(["/.well-known/openid-configuration", "/token", "/token"]);
});

test("sends audience and resource when they are given", async () => {
  const audience = "https://api.example.com";
  const resource = "https://api.example.com/orders";
  const { source, forms } = setUp({ audience, resource });
  await source.token();
  expect(forms[0]?.form).toMatchObject({ audience, resource });
});

test.each<[string, ClientAuthentication | undefined, unknown, boolean]>([
  ["basic when the metadata says nothing", undefined, undefined, true],
  ["basic when both are offered", undefined, ["client_secret_post", "client_secret_basic"], true],
  ["post when only that is offered", undefined, ["client_secret_post"], false],
  ["post when told so", clientSecretPost(client.clientSecret), ["client_secret_basic"], false],
  ["basic when told so", clientSecretBasic(client.clientSecret), ["client_secret_post"], true],
])("sends the secret by %s", async (_, clientAuthentication, offered, basic) => {
  const { clientId, clientSecret } = client;
  const proof = clientAuthentication ? { clientAuthentication, clientSecret: undefined } : {};
  const { source, forms } = setUp(proof as Partial<ClientCredentialsOptions>, undefined, {
    token_endpoint_auth_methods_supported: offered,
  });
  await source.token();
  const [request] = forms;
  expect(request?.headers.has("authorization")).toBe(basic);
  expect(request?.form).toEqual(
    basic
      ? { grant_type: "client_credentials" }
      : { grant_type: "client_credentials", client_id: clientId, client_secret: clientSecret },
  );
});

test("discovers below the path of an issuer, and by RFC 8414 §3.1 before it", async () => {
  const fetch = fakeFetch(() => Response.json({}, { status: 404 }));
  const { source } = setUp({ issuer: "https://id.example.com/tenant/a", fetch });
  await expect(source.token()).rejects.toMatchObject({ code: "discovery_failed" });
  expect(paths(fetch.requests)).toEqual([
    "/tenant/a/.well-known/openid-configuration",
    "/.well-known/oauth-authorization-server/tenant/a",
  ]);
});

test("discovers by RFC 8414 where there is no OpenID Connect", async () => {
  const issuer = fakeIssuer(() => tokens("token-1"));
  const fetch = fakeFetch((request) =>
    request.url.endsWith("/.well-known/openid-configuration")
      ? Response.json({ error: "not_found" }, { status: 404 })
      : issuer.fetch(request),
  );
  const { source } = setUp({ fetch });
  expect((await source.token()).value.reveal()).toBe("token-1");
  expect(paths(issuer.fetch.requests)).toEqual([
    "/.well-known/oauth-authorization-server",
    "/token",
  ]);
});

test("a failed discovery is not kept", async () => {
  let up = false;
  const issuer = fakeIssuer(() => ({ access_token: "t", token_type: "Bearer" }));
  const fetch = fakeFetch((request) =>
    up ? issuer.fetch(request) : Response.json({}, { status: 503 }),
  );
  const { source, clock } = setUp({ fetch });
  await expect(source.token()).rejects.toMatchObject({ code: "token_endpoint_unreachable" });
  up = true;
  clock.advance(2);
  expect(await source.token()).toMatchObject({ type: "bearer", expiresAt: undefined });
});

test("looks for a token endpoint that has moved", async () => {
  let at = "/old";
  const fetch = fakeFetch(({ url }) => {
    const { origin, pathname } = new URL(url);
    if (pathname === "/.well-known/openid-configuration") {
      return Response.json({ issuer: origin, token_endpoint: origin + at });
    }
    return pathname === at ? Response.json(tokens(at)) : Response.json({}, { status: 404 });
  });
  const { source, clock } = setUp({ fetch });
  const old = await source.token();
  at = "/new";
  source.invalidate(old);
  await expect(source.token()).rejects.toMatchObject({ code: "token_request_failed" });
  clock.advance(2);
  expect((await source.token()).value.reveal()).toBe("/new");
});

test.each<[string, object]>([
  ["another issuer", { issuer: "https://other.example.com" }],
  ["no token endpoint", { token_endpoint: undefined }],
  ["a token endpoint in clear text elsewhere", { token_endpoint: "http://id.example.com/token" }],
  ["a malformed token endpoint", { token_endpoint: "token" }],
])("refuses metadata with %s", async (_, metadata) => {
  const { source } = setUp({}, undefined, metadata);
  await expect(source.token()).rejects.toMatchObject({
    name: "ClientError",
    code: "discovery_failed",
    message: expect.stringContaining("https://id.example.com"),
  });
});

test("refuses metadata that is a web page", async () => {
  const fetch = fakeFetch(() => new Response("<html>"));
  const { source } = setUp({ fetch });
  await expect(source.token()).rejects.toMatchObject({ code: "discovery_failed" });
  expect(fetch.requests).toHaveLength(2);
});

test("refuses metadata that is only behind a redirect, over a socket", async () => {
  const other = await serveIssuer();
  const moved = await serve((_, response) => {
    response.writeHead(302, { location: `${other.origin}/` }).end();
  });
  const source = clientCredentials({ ...client, issuer: moved.origin });
  await expect(source.token()).rejects.toMatchObject({ code: "discovery_failed" });
  expect(moved.received).toHaveLength(2);
  expect(other.received).toHaveLength(0);
});

test.each([
  ["invalid_client", 401, "how this client is registered"],
  ["invalid_scope", 400, "Check scope"],
  ["unauthorized_client", 400, "how this client is registered"],
])("%s says what to do", async (error, status, advice) => {
  const body = { error, error_description: "marked-secret" };
  const headers = { "www-authenticate": "Basic" };
  const { source } = setUp({}, () => Response.json(body, { status, headers }));
  await expect(source.token()).rejects.toMatchObject({
    name: "ClientError",
    code: "token_request_failed",
    oauthError: error,
    message: expect.stringContaining(advice),
  });
});

const secretToken = { access_token: "marked-secret" };
const json = { "content-type": "application/json" };

test.each<[string, () => Response | object, string]>([
  ["HTML", () => new Response("<html>marked-secret"), "token_request_failed"],
  [
    "broken JSON",
    () => new Response('{"access_token":"marked-secret', { headers: json }),
    "token_request_failed",
  ],
  ["an unregistered error", () => refusal("marked-secret"), "token_request_failed"],
  ["no token", () => ({}), "token_request_failed"],
  ["a DPoP-bound token", () => ({ ...secretToken, token_type: "DPoP" }), "token_request_failed"],
  [
    "a life that is no number",
    () => ({ ...secretToken, token_type: "Bearer", expires_in: "soon" }),
    "token_request_failed",
  ],
  [
    "more than a mebibyte",
    () => ({ access_token: "t".repeat(2 ** 20), token_type: "Bearer" }),
    "token_request_failed",
  ],
  ["500", () => Response.json({}, { status: 500 }), "token_endpoint_unreachable"],
  ["429", () => Response.json({}, { status: 429 }), "token_endpoint_unreachable"],
  ["no answer", () => Promise.reject(new TypeError("marked-secret")), "token_endpoint_unreachable"],
])("%s of the token endpoint is a typed error", async (_, answer, code) => {
  const { source } = setUp({}, answer);
  await expectFailure(source, code);
});

test("a hang-up of the token endpoint is a typed error, over a socket", async () => {
  const issuer = await serveIssuer({ token: (_, response) => void response.destroy() });
  const source = clientCredentials({ ...client, issuer: issuer.origin });
  await expectFailure(source, "token_endpoint_unreachable");
  expect(issuer.tokenRequests).not.toHaveLength(0);
});

async function expectFailure(source: TokenSource, code: string): Promise<void> {
  const error = await Promise.resolve(source.token()).catch((thrown) => thrown);
  expect(error).toMatchObject({ name: "ClientError", code });
  expect(error.cause).toBeUndefined();
  expect(error.stack).not.toContain("marked-secret");
}

test("a redirect of the token endpoint is not followed, over a socket: the secret stays", async () => {
  const other = await serveIssuer();
  const issuer = await serveIssuer({
    token: (_, response) => {
      response.writeHead(307, { location: `${other.origin}/token` }).end();
    },
  });
  const source = clientCredentials({ ...client, issuer: issuer.origin });
  await expect(source.token()).rejects.toMatchObject({ code: "token_request_failed" });
  expect(other.received).toHaveLength(0);
});

test.each<[string, () => Promise<undefined> | Response]>([
  ["does not answer", () => new Promise(() => {})],
  ["does not finish its answer", () => new Response(halfAnAnswer(), { headers: json })],
])("a token endpoint that %s in time is unreachable", async (_, answer) => {
  const { source } = setUp({ timeout: 200 }, answer);
  await expectLate(source);
});

test("a token endpoint that does not finish its answer over a socket is unreachable", async () => {
  const issuer = await serveIssuer({
    token: (_, response) => {
      response.writeHead(200, json).write("{");
    },
  });
  await expectLate(clientCredentials({ ...client, issuer: issuer.origin, timeout: 200 }));
});

async function expectLate(source: TokenSource): Promise<void> {
  await expect(source.token()).rejects.toMatchObject({
    code: "token_endpoint_unreachable",
    message: expect.stringContaining("did not answer within 200 ms"),
  });
}

function halfAnAnswer(): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: (controller) => controller.enqueue(new TextEncoder().encode("{")),
  });
}

test("an issuer that is down is unreachable, by the system's code", async () => {
  const issuer = "http://127.0.0.1:1";
  await expect(clientCredentials({ ...client, issuer }).token()).rejects.toMatchObject({
    code: "token_endpoint_unreachable",
  });
  const fetch = fakeFetch(() =>
    Promise.reject(new TypeError("marked-secret", { cause: { code: "ECONNREFUSED" } })),
  );
  const error = await Promise.resolve(
    clientCredentials({ ...client, issuer: "https://id.example.com", fetch }).token(),
  ).catch((thrown) => thrown);
  expect(error.message).toContain("could not be reached (ECONNREFUSED)");
  expect(error.stack).not.toContain("marked-secret");
});

test("an outage between two tokens is not asked about on every call", async () => {
  const { source, forms } = setUp({}, () => Response.json({}, { status: 503 }));
  for (let calls = 0; calls < 50; calls++) {
    await expect(source.token()).rejects.toMatchObject({ code: "token_endpoint_unreachable" });
  }
  expect(forms).toHaveLength(1);
});

test("options changed later change nothing", async () => {
  const { issuer, fetch, forms } = fakeIssuer(() => tokens("token"));
  const options = { ...client, issuer, fetch, scope: "a" };
  const source = clientCredentials(options);
  Object.assign(options, { clientId: "other", clientSecret: "other", scope: "b" });
  await source.token();
  expect(forms[0]?.form).toMatchObject({ scope: "a" });
  expect(forms[0]?.headers.get("authorization")).toBe(`Basic ${btoa("my+client:s%3Ae%25cret")}`);
});

test.each<[string, Partial<ClientCredentialsOptions>]>([
  ["a plain http issuer", { issuer: "http://id.example.com" }],
  ["an issuer with a query", { issuer: "https://id.example.com/?a" }],
  ["an issuer with a fragment", { issuer: "https://id.example.com/#a" }],
  ["an issuer with a password", { issuer: "https://ada:marked-secret@id.example.com" }],
  ["an empty client id", { clientId: "" }],
  ["an empty secret", { clientSecret: "" }],
  ["two ways to authenticate", { clientAuthentication: clientSecretPost("marked-secret") }],
])("refuses %s at start", (_, options) => {
  const all = { ...client, issuer: "https://id.example.com", ...options };
  expect(() => clientCredentials(all)).toThrow(ConfigurationError);
  expect(() => clientCredentials(all)).not.toThrow(/marked-secret/);
});

test("refuses a client with nothing to authenticate with at start", () => {
  const issuer = "https://id.example.com";
  expect(() => clientCredentials({ issuer, clientId: "a" })).toThrow(ConfigurationError);
  expect(() => clientSecretBasic("")).toThrow(ConfigurationError);
  expect(() => clientSecretPost("")).toThrow(ConfigurationError);
});
