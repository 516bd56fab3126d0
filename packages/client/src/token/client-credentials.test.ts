import { ConfigurationError } from "@countersign/core/wire";
import { expect, test } from "vitest";
import { standingClock } from "../../fixtures/clock.ts";
import { fakeFetch } from "../../fixtures/fake-fetch.ts";
import { json, serve } from "../../fixtures/serve.ts";
import { serveIssuer } from "../../fixtures/serve-issuer.ts";
import { type ClientCredentialsOptions, clientCredentials } from "./client-credentials.ts";
import {
  type ClientAuthentication,
  clientSecretBasic,
  clientSecretPost,
} from "./issuer/client-authentication.ts";

const client = { clientId: "my client", clientSecret: "s:e%cret" };

function form(body: Buffer | undefined): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(body?.toString()));
}

test("asks for a token as RFC 6749 §4.4 says, after discovery, and keeps both", async () => {
  const issuer = await serveIssuer();
  const clock = standingClock();
  const source = clientCredentials({ ...client, issuer: issuer.origin, scope: "a b", clock });
  expect(issuer.received).toHaveLength(0);
  const token = await source.token();
  expect(token.type).toBe("bearer");
  expect(token.value.reveal()).toBe("token-1");
  expect(token.expiresAt).toBe(clock.now() / 1000 + 3600);
  await source.token();
  const [request] = issuer.tokenRequests;
  expect(request?.method).toBe("POST");
  expect(form(request?.body)).toEqual({ grant_type: "client_credentials", scope: "a b" });
  // Each part form-encoded first (RFC 6749 §2.3.1).
  expect(request?.headers.authorization).toBe(`Basic ${btoa("my+client:s%3Ae%25cret")}`);
  clock.advance(3601);
  await source.token();
  expect(issuer.received.map(({ path }) => path)).toEqual([
    "/.well-known/openid-configuration",
    "/token",
    "/token",
  ]);
});

test("sends audience and resource when they are given", async () => {
  const issuer = await serveIssuer();
  const audience = "https://api.example.com";
  const resource = "https://api.example.com/orders";
  await clientCredentials({ ...client, issuer: issuer.origin, audience, resource }).token();
  expect(form(issuer.tokenRequests[0]?.body)).toMatchObject({ audience, resource });
});

test.each<[string, ClientAuthentication | undefined, unknown, boolean]>([
  ["basic when the metadata says nothing", undefined, undefined, true],
  ["basic when both are offered", undefined, ["client_secret_post", "client_secret_basic"], true],
  ["post when only that is offered", undefined, ["client_secret_post"], false],
  ["post when told so", clientSecretPost(client.clientSecret), ["client_secret_basic"], false],
  ["basic when told so", clientSecretBasic(client.clientSecret), ["client_secret_post"], true],
])("sends the secret by %s", async (_, clientAuthentication, offered, basic) => {
  const metadata = { token_endpoint_auth_methods_supported: offered };
  const { origin: issuer, tokenRequests } = await serveIssuer({ metadata });
  const { clientId } = client;
  const proof = clientAuthentication ? { clientId, clientAuthentication } : client;
  await clientCredentials({ issuer, ...proof }).token();
  const [request] = tokenRequests;
  expect(request?.headers.authorization !== undefined).toBe(basic);
  expect(form(request?.body)).toEqual(
    basic
      ? { grant_type: "client_credentials" }
      : {
          grant_type: "client_credentials",
          client_id: client.clientId,
          client_secret: client.clientSecret,
        },
  );
});

test("discovers below the path of an issuer, and by RFC 8414 §3.1 before it", async () => {
  const { origin, received } = await serve((_, response) => json(response, 404, {}));
  const source = clientCredentials({ ...client, issuer: `${origin}/tenant/a` });
  await expect(source.token()).rejects.toMatchObject({ code: "discovery_failed" });
  expect(received.map(({ path }) => path)).toEqual([
    "/tenant/a/.well-known/openid-configuration",
    "/.well-known/oauth-authorization-server/tenant/a",
  ]);
});

test("discovers by RFC 8414 where there is no OpenID Connect", async () => {
  const issuer = await serveIssuer({ wellKnown: "/.well-known/oauth-authorization-server" });
  const token = await clientCredentials({ ...client, issuer: issuer.origin }).token();
  expect(token.value.reveal()).toBe("token-1");
});

test("a failed discovery is not kept", async () => {
  let up = false;
  const issuer = await serve(({ path }, response) => {
    const { origin } = issuer;
    if (!up) json(response, 503, {});
    else if (path === "/token") json(response, 200, { access_token: "t", token_type: "Bearer" });
    else json(response, 200, { issuer: origin, token_endpoint: `${origin}/token` });
  });
  const clock = standingClock();
  const source = clientCredentials({ ...client, issuer: issuer.origin, clock });
  await expect(source.token()).rejects.toMatchObject({ code: "token_endpoint_unreachable" });
  up = true;
  clock.advance(2);
  expect(await source.token()).toMatchObject({ type: "bearer", expiresAt: undefined });
});

test("looks for a token endpoint that has moved", async () => {
  let at = "/old";
  const issuer = await serve(({ path }, response) => {
    const { origin } = issuer;
    if (path === "/.well-known/openid-configuration") {
      json(response, 200, { issuer: origin, token_endpoint: origin + at });
    } else if (path === at) json(response, 200, { access_token: at, token_type: "Bearer" });
    else json(response, 404, {});
  });
  const clock = standingClock();
  const source = clientCredentials({ ...client, issuer: issuer.origin, clock });
  const old = await source.token();
  at = "/new";
  source.invalidate(old);
  await expect(source.token()).rejects.toMatchObject({ code: "token_request_failed" });
  clock.advance(2);
  expect((await source.token()).value.reveal()).toBe("/new");
});

test.each<[string, object]>([
  ["another issuer", { issuer: "https://id.example.com" }],
  ["no token endpoint", { token_endpoint: undefined }],
  ["a token endpoint in clear text elsewhere", { token_endpoint: "http://id.example.com/token" }],
  ["a malformed token endpoint", { token_endpoint: "token" }],
])("refuses metadata with %s", async (_, metadata) => {
  const issuer = await serveIssuer({ metadata: { ...metadata } });
  const source = clientCredentials({ ...client, issuer: issuer.origin });
  await expect(source.token()).rejects.toMatchObject({
    name: "ClientError",
    code: "discovery_failed",
    message: expect.stringContaining(issuer.origin),
  });
});

test("refuses metadata that is a web page, or only behind a redirect", async () => {
  const page = await serve((_, response) => response.end("<html>"));
  const moved = await serve((_, response) => {
    response.writeHead(302, { location: `${page.origin}/` }).end();
  });
  for (const { origin: issuer } of [page, moved]) {
    const source = clientCredentials({ ...client, issuer });
    await expect(source.token()).rejects.toMatchObject({ code: "discovery_failed" });
  }
  expect(page.received).toHaveLength(2);
});

test.each([
  ["invalid_client", 401, "how this client is registered"],
  ["invalid_scope", 400, "Check scope"],
  ["unauthorized_client", 400, "how this client is registered"],
])("%s says what to do", async (error, status, advice) => {
  const issuer = await serveIssuer({
    token(_, response) {
      response.setHeader("www-authenticate", "Basic");
      json(response, status, { error, error_description: "marked-secret" });
    },
  });
  const source = clientCredentials({ ...client, issuer: issuer.origin });
  await expect(source.token()).rejects.toMatchObject({
    name: "ClientError",
    code: "token_request_failed",
    oauthError: error,
    message: expect.stringContaining(advice),
  });
});

test.each<[string, Parameters<typeof serveIssuer>[0], string]>([
  ["HTML", { token: (_, response) => response.end("<html>marked-secret") }, "token_request_failed"],
  [
    "broken JSON",
    {
      token: (_, response) => {
        response.setHeader("content-type", "application/json");
        response.end('{"access_token":"marked-secret');
      },
    },
    "token_request_failed",
  ],
  [
    "an unregistered error",
    { token: (_, response) => json(response, 400, { error: "marked-secret" }) },
    "token_request_failed",
  ],
  ["no token", { token: (_, response) => json(response, 200, {}) }, "token_request_failed"],
  [
    "a DPoP-bound token",
    {
      token: (_, response) =>
        json(response, 200, { access_token: "marked-secret", token_type: "DPoP" }),
    },
    "token_request_failed",
  ],
  [
    "a life that is no number",
    {
      token: (_, response) =>
        json(response, 200, {
          access_token: "marked-secret",
          token_type: "Bearer",
          expires_in: "soon",
        }),
    },
    "token_request_failed",
  ],
  [
    "more than a mebibyte",
    {
      token: (_, response) =>
        json(response, 200, { access_token: "t".repeat(2 ** 20), token_type: "Bearer" }),
    },
    "token_request_failed",
  ],
  ["500", { token: (_, response) => json(response, 500, {}) }, "token_endpoint_unreachable"],
  ["429", { token: (_, response) => json(response, 429, {}) }, "token_endpoint_unreachable"],
  ["a hang-up", { token: (_, response) => void response.destroy() }, "token_endpoint_unreachable"],
])("%s of the token endpoint is a typed error", async (_, options, code) => {
  const issuer = await serveIssuer(options);
  const source = clientCredentials({ ...client, issuer: issuer.origin });
  const error = await Promise.resolve(source.token()).catch((thrown) => thrown);
  expect(error).toMatchObject({ name: "ClientError", code });
  expect(error.cause).toBeUndefined();
  expect(error.stack).not.toContain("marked-secret");
});

test("a redirect of the token endpoint is not followed: the secret stays", async () => {
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

test.each<[string, Parameters<typeof serveIssuer>[0]]>([
  ["does not answer", { token: () => {} }],
  [
    "does not finish its answer",
    {
      token: (_, response) => {
        response.writeHead(200, { "content-type": "application/json" }).write("{");
      },
    },
  ],
])("a token endpoint that %s in time is unreachable", async (_, options) => {
  const issuer = await serveIssuer(options);
  const source = clientCredentials({ ...client, issuer: issuer.origin, timeout: 200 });
  await expect(source.token()).rejects.toMatchObject({
    code: "token_endpoint_unreachable",
    message: expect.stringContaining("did not answer within 200 ms"),
  });
});

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
  const issuer = await serveIssuer({ token: (_, response) => json(response, 503, {}) });
  const clock = standingClock();
  const source = clientCredentials({ ...client, issuer: issuer.origin, clock });
  for (let calls = 0; calls < 50; calls++) {
    await expect(source.token()).rejects.toMatchObject({ code: "token_endpoint_unreachable" });
  }
  expect(issuer.tokenRequests).toHaveLength(1);
});

test("options changed later change nothing", async () => {
  const issuer = await serveIssuer();
  const options = { ...client, issuer: issuer.origin, scope: "a" };
  const source = clientCredentials(options);
  Object.assign(options, { clientId: "other", clientSecret: "other", scope: "b" });
  await source.token();
  expect(form(issuer.tokenRequests[0]?.body)).toMatchObject({ scope: "a" });
  expect(issuer.tokenRequests[0]?.headers.authorization).toBe(
    `Basic ${btoa("my+client:s%3Ae%25cret")}`,
  );
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
