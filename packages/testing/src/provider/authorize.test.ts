import { expect, it } from "vitest";
import { createClientKit, redirectUri } from "./client.fixture.ts";
import type { LoginRequest } from "./login.ts";

it("sends a code back at once, with state and iss (RFC 9207)", async () => {
  const { issuer, authorize } = await createClientKit();
  expect(await authorize()).toEqual({
    ...{ status: 302, to: redirectUri, state: "a state", iss: issuer.url },
    code: expect.stringMatching(/^[\w-]{32}$/),
  });
});

it("takes a form as well, and keeps the query of the redirect_uri", async () => {
  const uri = `${redirectUri}?tenant=1`;
  const clients = [{ id: "app", redirectUris: [uri] }];
  const { issuer, request, authorize } = await createClientKit({ clients });
  expect(await authorize({ redirect_uri: uri })).toMatchObject({ tenant: "1", state: "a state" });
  const body = new URLSearchParams({ ...request, redirect_uri: uri });
  const answer = await issuer.fetch(`${issuer.url}/authorize`, { method: "POST", body });
  expect(answer.headers.get("location")).toContain("code=");
});

it.each([
  ["no client", { client_id: undefined }],
  ["an unknown client", { client_id: "nobody" }],
  ["another address", { redirect_uri: "https://evil.test/callback" }],
  ["an address that starts alike", { redirect_uri: `${redirectUri}/../evil` }],
  ["an address in another case", { redirect_uri: redirectUri.toUpperCase() }],
  ["a fragment", { redirect_uri: `${redirectUri}#` }],
  ["an address that is none", { redirect_uri: "callback" }],
  ["a choice that is not made", { redirect_uri: undefined }],
  ["another path on loopback", { redirect_uri: "http://127.0.0.1:4000/other" }],
  ["localhost for 127.0.0.1", { redirect_uri: "http://localhost:4000/back" }],
  ["another port on another host", { redirect_uri: "https://app.test:8443/callback" }],
])("nobody is sent anywhere for %s", async (_what, changes) => {
  const { authorize } = await createClientKit();
  expect(await authorize(changes)).toMatchObject({ status: 400, error: "invalid_request" });
});

it.each([
  ["http://anywhere.test/back", 302],
  ["http://anywhere.test/back#", 400],
  ["/back", 400],
])("a client that registered nothing is sent to any address: %s, %i", async (uri, status) => {
  const { authorize } = await createClientKit({ clients: [{ id: "app" }] });
  expect(await authorize({ redirect_uri: uri })).toMatchObject({ status });
});

it("any port will do on loopback (RFC 8252 §7.3)", async () => {
  const { authorize } = await createClientKit();
  const redirect_uri = "http://127.0.0.1:49152/back";
  expect(await authorize({ redirect_uri })).toMatchObject({ status: 302, to: redirect_uri });
});

it.each([
  ["unsupported_response_type", { response_type: "token" }],
  ["unsupported_response_type", { response_type: undefined }],
  ["invalid_request", { response_mode: "fragment" }],
  ["invalid_request", { code_challenge: undefined }],
  ["invalid_request", { code_challenge: "short" }],
  ["invalid_request", { code_challenge_method: "plain" }],
  ["invalid_request", { code_challenge_method: undefined }],
  ["invalid_scope", { scope: 'a "b"' }],
])("the client is told: %s, for %o", async (error, changes) => {
  const { issuer, authorize } = await createClientKit();
  const answer = await authorize(changes);
  expect(answer).toMatchObject({ to: redirectUri, error, state: "a state", iss: issuer.url });
  expect(answer).not.toHaveProperty("code");
});

it("a parameter that is there twice is refused (RFC 6749 §3.1)", async () => {
  const { issuer, request } = await createClientKit();
  const query = `${new URLSearchParams(request)}&client_id=app`;
  expect((await issuer.fetch(`${issuer.url}/authorize?${query}`)).status).toBe(400);
});

it("logs in whom login_hint names, else the first", async () => {
  const { getCode, exchange, issuer } = await createClientKit();
  for (const [hint, subject] of [
    ["bob", "bob"],
    ["nobody", "ada"],
  ] as const) {
    const { body } = await exchange(await getCode({ login_hint: hint }));
    const refreshed = await issuer.refresh(String(body.refresh_token), { clientId: "app" });
    const { sub } = JSON.parse(atob(refreshed.access_token.split(".")[1] ?? ""));
    expect(sub).toBe(subject);
  }
});

it("asks a scripted user, who says no, or how they logged in", async () => {
  const asked: LoginRequest[] = [];
  const { authorize, getCode, exchange, issuer } = await createClientKit({
    login: (request) => {
      asked.push(request);
      if (request.parameters.get("prompt") === "none") return "deny";
      return { subject: "eve", scope: "less", methods: ["otp"], authenticatedAt: 1_000_000_000 };
    },
  });
  expect(await authorize({ prompt: "none" })).toMatchObject({ error: "access_denied" });
  const { body } = await exchange(await getCode({ acr_values: "gold silver" }));
  expect(body.scope).toBe("less");
  const claims = JSON.parse(atob(String(body.access_token).split(".")[1] ?? ""));
  expect(claims).toMatchObject({
    ...{ sub: "eve", scope: "less", acr: "gold", amr: ["otp"], auth_time: 1_000_000_000 },
    iss: issuer.url,
  });
  expect(asked).toMatchObject([
    { kind: "redirect", clientId: "app", scope: "read" },
    { kind: "redirect", clientId: "app", scope: "read" },
  ]);
});

it("only GET and POST are answered", async () => {
  const { issuer } = await createClientKit();
  for (const path of ["/authorize", "/device", "/par", "/userinfo", "/device_authorization"]) {
    expect((await issuer.fetch(`${issuer.url}${path}`, { method: "PUT" })).status).toBe(405);
  }
});
