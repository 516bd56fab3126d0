import { createGuard, introspection } from "@countersign/core";
import { createMemoryRevocations } from "@countersign/core/state";
import { describe, expect, test } from "vitest";
import { audience, basic, bodyOf, startIssuer, url } from "../fixture.ts";

const secret = "0123456789abcdef";
const inactive = { active: false };
const clients = [
  { id: "api", secret, audience },
  { id: "stock", secret, audience: ["https://stock.example.com", "https://warehouse.example.com"] },
  { id: "reports", secret, scopes: ["orders:read"] },
  { id: "mobile" },
];

function start() {
  const started = startIssuer({ clients, revocations: createMemoryRevocations() });
  const ask = async (token: string, client?: string, more: Record<string, string> = {}) => {
    const headers: Record<string, string> = client === undefined ? {} : basic(client, secret);
    const response = await started.post("/introspect", { token, ...more }, headers);
    return { status: response.status, headers: response.headers, body: await bodyOf(response) };
  };
  return { ...started, ask };
}

describe("callers", () => {
  test("must prove who they are (RFC 7662 §2.1)", async () => {
    const { ask, post, login } = start();
    const { access_token: token } = await login();
    const attempts = [
      ask(token),
      ask(token, undefined, { client_id: "mobile" }),
      ask(token, undefined, { client_id: url }),
      ask(token, "nobody"),
      ask(token, "mobile"),
    ];
    for (const { status, headers, body } of await Promise.all(attempts)) {
      expect(status).toBe(401);
      expect(headers.get("www-authenticate")).toContain("Basic");
      expect(body).toMatchObject({ error: "invalid_client" });
    }
    const bearer = await post("/introspect", { token }, { authorization: `Bearer ${token}` });
    expect(bearer.status).toBe(401);
  });

  test("are told nobody may keep the answer", async () => {
    const { ask, login } = start();
    for (const token of [(await login()).access_token, "garbage"]) {
      const { status, headers } = await ask(token, "api");
      expect([status, headers.get("cache-control")]).toEqual([200, "no-store"]);
      expect(headers.get("content-type")).toBe("application/json");
    }
  });

  test("who ask for nothing are refused", async () => {
    const { post } = start();
    const response = await post("/introspect", { token: "" }, basic("api", secret));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: "invalid_request" });
  });
});

describe("an API is told", () => {
  test("of access tokens that are meant for it, whatever the hint", async () => {
    const { ask, issuer } = start();
    const { access_token } = await issuer.issue({ subject: "ada", scope: "orders:read" });
    for (const token_type_hint of ["access_token", "refresh_token", "nonsense"]) {
      const { body } = await ask(access_token, "api", { token_type_hint });
      expect(body).toMatchObject({ active: true, sub: "ada", scope: "orders:read", iss: url });
    }
  });

  test("of one that is meant for several, each of them", async () => {
    const { ask, issuer } = start();
    const both = [audience, "https://warehouse.example.com"];
    const { access_token } = await issuer.issue({ subject: "ada", audience: both });
    expect((await ask(access_token, "api")).body.active).toBe(true);
    expect((await ask(access_token, "stock")).body.active).toBe(true);
  });

  test("of no others, and of no refresh token: not even that there is one", async () => {
    const { ask, login } = start();
    const { access_token, refresh_token } = await login();
    expect((await ask(access_token, "stock")).body).toEqual(inactive);
    expect((await ask(access_token, "reports")).body).toEqual(inactive);
    for (const client of ["api", "stock", "reports"]) {
      expect((await ask(refresh_token, client)).body).toEqual(inactive);
    }
  });

  test("of nothing that has been revoked", async () => {
    const { ask, issuer, login } = start();
    const { access_token } = await login();
    await issuer.revoke(access_token);
    expect((await ask(access_token, "api")).body).toEqual(inactive);
  });
});

test("a client is told of what was issued to it, and to no other", async () => {
  const { ask, login } = start();
  const mine = await login({ clientId: "reports" });
  for (const token of [mine.access_token, mine.refresh_token]) {
    const { body } = await ask(token, "reports");
    expect(body).toMatchObject({ active: true, client_id: "reports" });
    expect((await ask(token, "stock")).body).toEqual(inactive);
  }
});

test("the guard's introspection scheme takes access tokens by it, and no refresh token", async () => {
  const { issuer, login } = startIssuer({
    clients: [{ id: "api", secret, audience, scopes: ["a"] }],
    clock: Date,
  });
  const guard = createGuard({
    schemes: [
      introspection({
        issuer: url,
        audience,
        clientId: "api",
        clientSecret: secret,
        fetch: (input, init) => issuer.fetch(new Request(input, init)),
      }),
    ],
  });
  const check = async (token: string) => {
    const verdict = await guard.check({
      method: "GET",
      url: audience,
      header: (name) => (name === "authorization" ? `Bearer ${token}` : undefined),
      body: () => undefined,
      address: undefined,
      secure: true,
      certificate: undefined,
    });
    return verdict.kind === "accepted" ? verdict.principal.subject : verdict;
  };
  const { access_token, refresh_token } = await login({ clientId: "api" });
  expect(await check(access_token)).toBe("ada");
  expect(await check(refresh_token)).toMatchObject({ kind: "rejected", status: 401 });
});
