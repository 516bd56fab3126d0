import { dpop } from "@countersign/core";
import { createMemoryReplays, createMemoryRevocations } from "@countersign/core/state";
import { ConfigurationError, createDpopProof } from "@countersign/core/wire";
import { decodeJwt } from "jose";
import { describe, expect, test, vi } from "vitest";
import type { ExchangePolicy, ExchangeRequest } from "../exchange.ts";
import { basic, bodyOf, startIssuer, url } from "../fixture.ts";

const secret = "0123456789abcdef";
const stock = "https://stock.example.com";
const tokenType = "urn:ietf:params:oauth:token-type:access_token";
const grantType = "urn:ietf:params:oauth:grant-type:token-exchange";
const toStock: ExchangePolicy = ({ clientId, targets }) =>
  clientId === "gateway" && targets.includes(stock)
    ? { audience: stock, scope: "stock:read stock:write" }
    : undefined;

function start(policy: ExchangePolicy | undefined = toStock) {
  const exchange = vi.fn(policy);
  const started = startIssuer({
    clients: [{ id: "gateway", secret }, { id: "worker", secret, scopes: ["a"] }, { id: "mobile" }],
    revocations: createMemoryRevocations(),
    exchange,
  });
  const send = async (form: Record<string, string>, client = "gateway") => {
    const whole = { grant_type: grantType, subject_token_type: tokenType, ...form };
    const response = await started.post("/token", whole, basic(client, secret));
    return { status: response.status, body: await bodyOf(response) };
  };
  return { ...started, exchange, send };
}

/** As the figures of RFC 8693 §2.3 have it, to tokens of ours. */
describe("an exchange (RFC 8693 §2)", () => {
  test("gives a token for another API, which says who acts for whom", async () => {
    const { issuer, send, start: now } = start();
    const login = await issuer.issue({
      subject: "ada",
      scope: "orders:read",
      roles: ["admin"],
      authenticatedAt: now - 60,
      methods: ["pwd"],
      acr: "1",
      claims: { tenant: 7 },
      refreshable: true,
    });
    const { status, body } = await send({
      subject_token: login.access_token,
      audience: stock,
      scope: "stock:read",
      requested_token_type: tokenType,
    });
    expect(status).toBe(200);
    expect(body).toEqual({
      access_token: expect.any(String),
      issued_token_type: tokenType,
      token_type: "Bearer",
      expires_in: 300,
      scope: "stock:read",
    });
    const { jti, ...claims } = decodeJwt(body.access_token);
    expect(claims).toEqual({
      iss: url,
      sub: "ada",
      aud: stock,
      client_id: "gateway",
      act: { sub: "gateway" },
      scope: "stock:read",
      iat: now,
      exp: now + 300,
      auth_time: now - 60,
      amr: ["pwd"],
      acr: "1",
      // So that it ends with the login.
      sid: decodeJwt(login.access_token).sid,
    });
    expect(jti).not.toBe(decodeJwt(login.access_token).jti);
  });

  test("names the whole chain of who acted (§4.1)", async () => {
    const { issuer, send } = start(() => ({ audience: stock, scope: "" }));
    const { access_token: subject_token } = await issuer.issue({ subject: "ada" });
    const first = await send({ subject_token }, "gateway");
    const second = await send({ subject_token: first.body.access_token }, "worker");
    expect(decodeJwt(second.body.access_token)).toMatchObject({
      sub: "ada",
      client_id: "worker",
      act: { sub: "worker", act: { sub: "gateway" } },
    });
  });

  test("names the actor of an actor_token", async () => {
    const { issuer, send, exchange } = start(() => ({ audience: stock, scope: "" }));
    const { access_token: subject_token } = await issuer.issue({ subject: "ada" });
    const { access_token: actor_token } = await issuer.issue({ subject: "bot-7" });
    const { body } = await send({ subject_token, actor_token, actor_token_type: tokenType });
    expect(decodeJwt(body.access_token).act).toEqual({ sub: "bot-7" });
    expect(exchange.mock.calls[0]?.[0].actor).toMatchObject({ sub: "bot-7" });
  });

  test("gives no token that outlives those it was made of", async () => {
    const { issuer, send, turn } = start(() => ({ audience: stock, scope: "" }));
    const { access_token: actor_token } = await issuer.issue({ subject: "bot-7" });
    turn(100);
    const { access_token: subject_token } = await issuer.issue({ subject: "ada" });
    turn(100);
    expect((await send({ subject_token })).body.expires_in).toBe(200);
    const both = { subject_token, actor_token, actor_token_type: tokenType };
    expect((await send(both)).body.expires_in).toBe(100);
  });

  test("asks the policy with all that it needs to know", async () => {
    const { issuer, send, exchange } = start();
    const { access_token: subject_token } = await issuer.issue({ subject: "ada", scope: "a" });
    const resource = "https://other.example.com";
    await send({ subject_token, audience: stock, resource, scope: "stock:read" });
    expect(exchange).toHaveBeenCalledExactlyOnceWith({
      clientId: "gateway",
      subject: decodeJwt(subject_token),
      actor: undefined,
      targets: [stock, resource],
      scopes: ["stock:read"],
    } satisfies ExchangeRequest);
  });

  test("gives what the policy grants, and no more of it than was asked for", async () => {
    const roles = ["clerk"];
    const policy = () => ({ audience: stock, scope: ["a", "b"], roles, claims: { tenant: 7 } });
    const { issuer, send } = start(policy);
    const { access_token: subject_token } = await issuer.issue({ subject: "ada" });
    const { body } = await send({ subject_token });
    expect(body.scope).toBe("a b");
    expect(decodeJwt(body.access_token)).toMatchObject({ roles, tenant: 7 });
    expect((await send({ subject_token, scope: "b" })).body.scope).toBe("b");
    for (const scope of ["c", "a c", 'a"']) {
      expect(await send({ subject_token, scope })).toMatchObject({
        status: 400,
        body: { error: "invalid_scope" },
      });
    }
  });

  test("binds the new token to the key of a proof", async () => {
    const { issuer, post } = startIssuer({
      clients: [{ id: "gateway", secret }],
      clock: Date,
      exchange: toStock,
      dpop: dpop({ replays: createMemoryReplays() }),
    });
    const key = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, [
      "sign",
    ]);
    const { access_token: subject_token } = await issuer.issue({ subject: "ada" });
    const proof = await createDpopProof({ key, method: "POST", url: `${url}/token` });
    const form = { grant_type: grantType, subject_token, subject_token_type: tokenType };
    const headers = { ...basic("gateway", secret), dpop: proof };
    const body = await bodyOf(await post("/token", { ...form, audience: stock }, headers));
    expect(body.token_type).toBe("DPoP");
    expect(decodeJwt(body.access_token).cnf).toHaveProperty("jkt");
  });
});

describe("is denied", () => {
  test("to everybody, unless there is a policy; then it is announced", async () => {
    const { post, get, issuer } = startIssuer();
    const { access_token: subject_token } = await issuer.issue({ subject: "ada" });
    const form = { grant_type: grantType, subject_token, subject_token_type: tokenType };
    const response = await post("/token", form, basic("web:app", secret));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: "unsupported_grant_type" });
    const metadata = `${url}/.well-known/oauth-authorization-server`;
    const before = await bodyOf(await get(metadata));
    expect(before.grant_types_supported).not.toContain(grantType);
    const after = await bodyOf(await start().get(metadata));
    expect(after.grant_types_supported).toContain(grantType);
  });

  test("by the policy: for a target, or at all", async () => {
    const { issuer, send } = start();
    const { access_token: subject_token } = await issuer.issue({ subject: "ada" });
    const target = { subject_token, audience: "https://payroll.example.com" };
    expect((await send(target)).body.error).toBe("invalid_target");
    expect((await send({ subject_token, audience: stock }, "worker")).body.error).toBe(
      "invalid_target",
    );
    expect((await send({ subject_token })).body.error).toBe("unauthorized_client");
  });

  test("to clients that do not prove who they are, before the policy is asked", async () => {
    const { post, issuer, exchange } = start();
    const { access_token: subject_token } = await issuer.issue({ subject: "ada" });
    const form = {
      grant_type: grantType,
      subject_token,
      subject_token_type: tokenType,
      audience: stock,
    };
    const attempts: [Record<string, string>, Record<string, string>, number][] = [
      [form, {}, 401],
      [{ ...form, client_id: "mobile" }, {}, 400],
      [form, basic("gateway", "wrong"), 401],
    ];
    for (const [body, headers, status] of attempts) {
      expect((await post("/token", body, headers)).status).toBe(status);
    }
    expect(exchange).not.toHaveBeenCalled();
  });

  test("for tokens that are not good, or not ours", async () => {
    const { issuer, send, turn, exchange, login } = start();
    const expired = (await issuer.issue({ subject: "ada" })).access_token;
    turn(300);
    const revoked = (await issuer.issue({ subject: "ada" })).access_token;
    await issuer.revoke(revoked);
    const ended = await login();
    await issuer.revoke(ended.refresh_token);
    const foreign = (await startIssuer().issuer.issue({ subject: "ada" })).access_token;
    const { refresh_token } = await login();
    const good = (await issuer.issue({ subject: "ada" })).access_token;
    const bad = [expired, revoked, ended.access_token, foreign, refresh_token, "a.b.c", `${good}x`];
    for (const text of bad) {
      for (const form of [
        { subject_token: text },
        { subject_token: good, actor_token: text, actor_token_type: tokenType },
      ]) {
        const { status, body } = await send({ ...form, audience: stock });
        // RFC 8693 §2.2.2.
        expect([status, body.error]).toEqual([400, "invalid_request"]);
      }
    }
    expect(exchange).not.toHaveBeenCalled();
  });

  test.each([
    ["no subject_token", { subject_token: "" }],
    ["no type", { subject_token_type: "" }],
    ["another type", { subject_token_type: "urn:ietf:params:oauth:token-type:saml2" }],
    [
      "a refresh token asked for",
      { requested_token_type: "urn:ietf:params:oauth:token-type:refresh_token" },
    ],
    ["a type without its actor", { actor_token_type: tokenType }],
  ])("for a request with %s", async (_what, form) => {
    const { issuer, send } = start();
    const { access_token: subject_token } = await issuer.issue({ subject: "ada" });
    const { status, body } = await send({ subject_token, audience: stock, ...form });
    expect([status, body.error]).toEqual([400, "invalid_request"]);
  });
});

test("an actor_token needs its type, however good it is", async () => {
  const { issuer, send } = start(() => ({ audience: stock, scope: "" }));
  const { access_token: subject_token } = await issuer.issue({ subject: "ada" });
  const { access_token: actor_token } = await issuer.issue({ subject: "bot-7" });
  for (const actor_token_type of ["", "urn:ietf:params:oauth:token-type:id_token"]) {
    const { status, body } = await send({ subject_token, actor_token, actor_token_type });
    expect([status, body.error]).toEqual([400, "invalid_request"]);
  }
});

describe("a policy that fails is not the caller's fault", () => {
  test.each<[string, ExchangePolicy]>([
    ["by throwing", () => Promise.reject(new ConfigurationError("planted"))],
    ["by a scope that is none", () => ({ audience: stock, scope: ["a b"] })],
    ["by no audience", () => ({ audience: "", scope: "a" })],
    ["by claims with a meaning", () => ({ audience: stock, scope: "a", claims: { sub: "eve" } })],
  ])("%s", async (_how, policy) => {
    const { issuer, send, events } = start(policy);
    const { access_token: subject_token } = await issuer.issue({ subject: "ada" });
    const { status, body } = await send({ subject_token, audience: stock });
    expect([status, body.error]).toEqual([503, "temporarily_unavailable"]);
    expect(JSON.stringify(body)).not.toContain("planted");
    expect(events.at(-1)).toMatchObject({
      type: "unavailable",
      cause: { name: "ConfigurationError" },
    });
  });
});

test("what was exchanged ends with the login", async () => {
  const { issuer, send, login } = start();
  const { access_token: subject_token, refresh_token } = await login();
  const { body } = await send({ subject_token, audience: stock });
  expect((await issuer.introspect(body.access_token)).active).toBe(true);
  await issuer.revoke(refresh_token);
  expect((await issuer.introspect(body.access_token)).active).toBe(false);
});
