import {
  createMemoryReplays,
  createMemoryThrottle,
  type ReplayStore,
} from "@countersign/core/state";
import { sha256 } from "@countersign/core/wire";
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { describe, expect, test } from "vitest";
import { argon2id } from "../argon2.ts";
import { createClientSecret } from "../client/client-secret.ts";
import type { RegisteredClient } from "../client/registered-client.ts";
import { basic, startIssuer, url } from "../fixture.ts";
import type { IssuerOptions } from "../options.ts";

const grant = { grant_type: "client_credentials" };
const scopes = ["orders:read"];

describe("a hashed secret", () => {
  test("of ours is known by its SHA-256", async () => {
    const { secret, hash } = await createClientSecret();
    expect(secret.reveal()).toMatch(/^cscs_[\w-]{43}$/);
    expect(String(secret)).toBe("[redacted]");
    expect(hash).toBe(await sha256(secret.reveal()));
    const { post } = startIssuer({ clients: [{ id: "a", secretHash: hash, scopes }] });
    expect((await post("/token", grant, basic("a", secret.reveal()))).status).toBe(200);
    for (const wrong of [hash, `${secret.reveal()}x`, "", secret.reveal().slice(0, -1)]) {
      expect((await post("/token", grant, basic("a", wrong))).status).toBe(401);
    }
  });

  test("that people made up is known by argon2id", async () => {
    const passwords = argon2id({ memoryCost: 8, timeCost: 1 });
    const secretHash = await passwords.hash("correct horse");
    const { post } = startIssuer({ clients: [{ id: "a", secretHash, scopes }], passwords });
    expect((await post("/token", grant, basic("a", "correct horse"))).status).toBe(200);
    expect((await post("/token", grant, basic("a", "correct hors"))).status).toBe(401);
    expect((await post("/token", grant, basic("a", secretHash))).status).toBe(401);
  });

  test("that cannot be checked is 503: that says nothing about the client", async () => {
    const passwords = { verify: () => Promise.reject(new Error("out of memory")) };
    const clients = [{ id: "a", secretHash: "$argon2id$v=19$x", scopes }];
    const { post, events } = startIssuer({ clients, passwords });
    expect((await post("/token", grant, basic("a", "correct horse"))).status).toBe(503);
    expect(events).toMatchObject([{ type: "unavailable", cause: { message: "out of memory" } }]);
  });
});

const { publicKey, privateKey } = await generateKeyPair("ES256", { extractable: true });
const jwk = { ...(await exportJWK(publicKey)), kid: "k1" };
const { privateKey: strangersKey } = await generateKeyPair("ES256");
const type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

describe("private_key_jwt (RFC 7523)", () => {
  function start(client: Partial<RegisteredClient> = {}, changes: Partial<IssuerOptions> = {}) {
    const started = startIssuer({
      clients: [
        { id: "a", jwks: { keys: [jwk] }, scopes, ...client },
        { id: "b", jwks: { keys: [jwk] }, scopes },
        { id: "web", secret: "0123456789abcdef", scopes },
      ],
      ...changes,
      replays:
        changes.replays ?? createMemoryReplays({ clock: { now: () => started?.clock.time ?? 0 } }),
    });
    const assert = async (
      changes: JWTPayload | object = {},
      { key = privateKey, header = {} }: { key?: CryptoKey; header?: object } = {},
    ) =>
      new SignJWT({
        iss: "a",
        sub: "a",
        aud: url,
        iat: started.clock.time / 1000,
        exp: started.clock.time / 1000 + 60,
        jti: crypto.randomUUID(),
        ...changes,
      })
        .setProtectedHeader({ alg: "ES256", kid: "k1", ...header })
        .sign(key);
    const send = async (assertion: string, more: Record<string, string> = {}) => {
      const form = { ...grant, client_assertion: assertion, client_assertion_type: type, ...more };
      const response = await started.post("/token", form);
      return { status: response.status, body: await response.json() };
    };
    return { ...started, assert, send };
  }

  test.each<[string, JWTPayload | object, object]>([
    ["for the issuer", {}, {}],
    ["for the token endpoint", { aud: `${url}/token` }, {}],
    ["for both", { aud: [url, `${url}/token`] }, {}],
    ["of the type that its draft names", {}, { typ: "client-authentication+jwt" }],
    ["of type JWT", {}, { typ: "JWT" }],
    ["that is good for ten minutes, by a clock that is behind", { exp: 1_800_000_630 }, {}],
    ["without iat", { iat: undefined }, {}],
    ["with claims of its own", { foo: "bar" }, {}],
  ])("takes one %s", async (_what, claims, header) => {
    const { assert, send } = start();
    const { status, body } = await send(await assert(claims, { header }));
    expect(body).toMatchObject({ token_type: "Bearer", scope: "orders:read" });
    expect(status).toBe(200);
  });

  test("takes one with the client's id beside it, and no other id", async () => {
    const { assert, send } = start();
    expect((await send(await assert(), { client_id: "a" })).status).toBe(200);
    expect((await send(await assert(), { client_id: "b" })).status).toBe(401);
  });

  test("takes each once, of many at once too", async () => {
    const { assert, send } = start();
    const assertion = await assert();
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(assertion)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(19);
  });

  test("keeps ids for as long as their assertions are good, and clients' ids apart", async () => {
    const kept: [string, number][] = [];
    const replays: ReplayStore = {
      reserve: (key, expiresAt) => kept.push([key, expiresAt]) > 0,
    };
    const { assert, send } = start({}, { replays });
    await send(await assert({ jti: "1" }));
    await send(await assert({ jti: "1", iss: "b", sub: "b" }));
    await send(await assert({ jti: "x".repeat(5000) }));
    expect(new Set(kept.map(([key]) => key)).size).toBe(3);
    for (const [key, expiresAt] of kept) {
      expect(key).toMatch(/^assertion:[\w-]{43}$/);
      // With the tolerance for clocks.
      expect(expiresAt).toBe(1_800_000_060 + 31);
    }
  });

  type Assertion = [string, JWTPayload | object, { key?: CryptoKey; header?: object }];
  test.each<Assertion>([
    ["for another server", { aud: "https://id.example.org" }, {}],
    ["for another server too", { aud: [url, "https://id.example.org"] }, {}],
    ["for nobody", { aud: undefined }, {}],
    ["for an empty list", { aud: [] }, {}],
    ["for something odd", { aud: [url, 5] as never }, {}],
    ["for another of our endpoints", { aud: `${url}/jwks` }, {}],
    ["by another issuer", { iss: "b" }, {}],
    ["about another client", { sub: "b" }, {}],
    ["about nobody", { sub: undefined }, {}],
    ["about a client without keys", { iss: "web", sub: "web" }, {}],
    ["about an unknown client", { iss: "nobody", sub: "nobody" }, {}],
    ["about a prototype's member", { iss: "__proto__", sub: "__proto__" }, {}],
    ["that has expired", { exp: 1_799_999_969 }, {}],
    ["that never expires", { exp: undefined }, {}],
    ["that is good for too long", { exp: 1_800_000_631 }, {}],
    ["from the future", { iat: 1_800_000_031 }, {}],
    ["that is not good yet", { nbf: 1_800_000_031 }, {}],
    ["without an id", { jti: undefined }, {}],
    ["with an empty id", { jti: "" }, {}],
    ["whose id is no text", { jti: 7 as never }, {}],
    ["by a key of somebody else", {}, { key: strangersKey }],
    ["of another type", {}, { header: { typ: "at+jwt" } }],
    ["by an unknown key", {}, { header: { kid: "k2" } }],
  ])("refuses one %s", async (_what, claims, how) => {
    const { assert, send, events } = start();
    const { status, body } = await send(await assert(claims, how));
    expect(body).toEqual({
      error: "invalid_client",
      error_description: "The client is unknown or did not authenticate.",
    });
    expect(status).toBe(401);
    expect(events.map(({ type }) => type)).toEqual(
      "sub" in claims && !claims.sub ? [] : ["client_authentication_failed"],
    );
  });

  test("refuses what is no assertion, an HMAC keyed with what is public, and no signature", async () => {
    const { assert, send, clock } = start();
    const good = await assert();
    const [head = "", body = ""] = good.split(".");
    const none = btoa(JSON.stringify({ alg: "none" })).replace(/=+$/, "");
    const hmac = await new SignJWT({
      iss: "a",
      sub: "a",
      aud: url,
      exp: clock.time / 1000 + 60,
      jti: "1",
    })
      .setProtectedHeader({ alg: "HS256", kid: "k1" })
      .sign(new TextEncoder().encode(JSON.stringify(jwk)));
    for (const text of ["a.b.c", "x", `${head}.${body}.`, `${none}.${body}.`, hmac, good + good]) {
      expect((await send(text)).status).toBe(401);
    }
    expect((await send(good)).status).toBe(200);
  });

  test.each([
    ["without its type", { client_assertion_type: "" }],
    [
      "of another type",
      { client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:saml2-bearer" },
    ],
    ["beside a secret", { client_id: "web", client_secret: "0123456789abcdef" }],
  ])("refuses one %s with 400", async (_what, more) => {
    const { assert, send } = start();
    const { status, body } = await send(await assert(), more);
    expect(status).toBe(400);
    expect(body).toMatchObject({ error: "invalid_request" });
  });

  test("refuses a type without an assertion, and one beside Basic", async () => {
    const { post, assert } = start();
    const alone = await post("/token", { ...grant, client_assertion_type: type });
    expect(alone.status).toBe(400);
    const form = { ...grant, client_assertion: await assert(), client_assertion_type: type };
    expect((await post("/token", form, basic("web", "0123456789abcdef"))).status).toBe(400);
  });

  test("a client that signs has no other way in", async () => {
    const { post } = start();
    expect((await post("/token", { ...grant, client_id: "a" })).status).toBe(401);
    expect((await post("/token", grant, basic("a", ""))).status).toBe(401);
    expect((await post("/token", grant, basic("a", JSON.stringify(jwk)))).status).toBe(401);
  });

  test("its metadata names the method and its algorithms (RFC 8414 §2)", async () => {
    const metadata = async ({ get }: ReturnType<typeof startIssuer>) =>
      (await get(`${url}/.well-known/oauth-authorization-server`)).json();
    expect(await metadata(start())).toMatchObject({
      token_endpoint_auth_methods_supported: [
        "client_secret_basic",
        "client_secret_post",
        "private_key_jwt",
        "none",
      ],
      token_endpoint_auth_signing_alg_values_supported: expect.arrayContaining(["ES256", "RS256"]),
    });
    expect(await metadata(startIssuer())).not.toHaveProperty(
      "token_endpoint_auth_signing_alg_values_supported",
    );
  });

  test("keys may be loaded; while they cannot be, that is 503", async () => {
    let isDown = true;
    const load = () => {
      if (isDown) throw new Error("connection refused");
      return { keys: [jwk] };
    };
    const { assert, send, turn, events } = start({ jwks: load });
    const { status, body } = await send(await assert());
    expect(status).toBe(503);
    expect(body).toMatchObject({ error: "temporarily_unavailable" });
    expect(events).toMatchObject([
      { type: "unavailable", cause: { message: "connection refused" } },
    ]);
    isDown = false;
    turn(5);
    expect((await send(await assert())).status).toBe(200);
  });

  test("a store of ids that is down is 503, and so is one that is full", async () => {
    const replays: ReplayStore = {
      reserve() {
        throw new Error("full");
      },
    };
    const { assert, send } = start({}, { replays });
    expect((await send(await assert())).status).toBe(503);
  });

  test("revokes and introspects too", async () => {
    const { assert, post, login } = start();
    const { refresh_token: token } = await login({ clientId: "a" });
    const form = async () => ({
      token,
      client_assertion: await assert(),
      client_assertion_type: type,
    });
    const answer = await post("/introspect", await form());
    expect(await answer.json()).toMatchObject({ active: true, client_id: "a" });
    expect((await post("/revoke", await form())).status).toBe(200);
    const ended = await post("/introspect", await form());
    expect(await ended.json()).toEqual({ active: false });
  });
});

describe("limits", () => {
  const secret = "0123456789abcdef";
  function start(limits: { requests?: number; failures?: number }, throttle = {}) {
    const clock = { time: 0, now: () => clock.time };
    const make = (points?: number) =>
      points === undefined ? undefined : createMemoryThrottle({ points, duration: 60, clock });
    const [requests, failures] = [make(limits.requests), make(limits.failures)];
    const started = startIssuer({
      clients: [
        { id: "a", secret, scopes },
        { id: "b", secret, scopes },
      ],
      throttle: {
        address: (request) => request.headers.get("x-peer") ?? undefined,
        ...(requests && { requests }),
        ...(failures && { failures }),
        ...throttle,
      },
    });
    const ask = (id: string, password: string, address = "192.0.2.1", path = "/token") =>
      started.post(path, { ...grant, token: "t" }, { ...basic(id, password), "x-peer": address });
    const statusOf = async (...request: Parameters<typeof ask>) => (await ask(...request)).status;
    return { ...started, ask, statusOf, throttleClock: clock };
  }

  test("on failures end guessing, for that client and that address alone", async () => {
    const { ask, statusOf, throttleClock } = start({ failures: 3 });
    for (let round = 0; round < 3; round++) expect(await statusOf("a", "wrong")).toBe(401);
    const refused = await ask("a", secret);
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("60");
    expect(refused.headers.get("cache-control")).toBe("no-store");
    expect(await refused.json()).toMatchObject({ error: "too_many_requests" });
    expect(await statusOf("b", secret)).toBe(200);
    expect(await statusOf("a", secret, "192.0.2.2")).toBe(200);
    throttleClock.time = 60_000;
    expect(await statusOf("a", secret)).toBe(200);
  });

  test("on failures do not count what is right, or what cannot be checked", async () => {
    const { statusOf } = start({ failures: 2 });
    for (let round = 0; round < 10; round++) expect(await statusOf("a", secret)).toBe(200);
    const failures = createMemoryThrottle({ points: 2, duration: 60 });
    const down = startIssuer({
      clients: [{ id: "a", secretHash: "$argon2id$", scopes }],
      passwords: { verify: () => Promise.reject(new Error("down")) },
      throttle: { address: () => "192.0.2.1", failures },
    });
    for (let round = 0; round < 5; round++) {
      expect((await down.post("/token", grant, basic("a", secret))).status).toBe(503);
    }
  });

  test("on failures that cannot be given back refuse nobody", async () => {
    const failures = createMemoryThrottle({ points: 5, duration: 60 });
    const reward = () => Promise.reject(new Error("connection lost"));
    const { statusOf } = start({}, { failures: { ...failures, reward } });
    expect(await statusOf("a", secret)).toBe(200);
  });

  test("on failures count many guesses at once as many", async () => {
    const { statusOf } = start({ failures: 5 });
    const answers = await Promise.all(Array.from({ length: 50 }, () => statusOf("a", "wrong")));
    expect(answers.filter((status) => status === 401)).toHaveLength(5);
    expect(answers.filter((status) => status === 429)).toHaveLength(45);
  });

  test("on failures keep one count for all names that nobody has", async () => {
    const keys = new Set<string>();
    const failures = createMemoryThrottle({ points: 3, duration: 60 });
    const consume = (key: string) => failures.consume(keys.add(key) && key);
    const { statusOf } = start({}, { failures: { ...failures, consume } });
    const answers: number[] = [];
    for (let at = 0; at < 5; at++)
      answers.push(await statusOf(`nobody-${"x".repeat(9999)}${at}`, "w"));
    expect(answers).toEqual([401, 401, 401, 429, 429]);
    expect(keys.size).toBe(1);
  });

  test("on requests count all of an address, whatever they are", async () => {
    const { post, statusOf } = start({ requests: 4 });
    const from = { "x-peer": "192.0.2.1" };
    expect(await statusOf("a", secret)).toBe(200);
    expect((await post("/token", "garbage", from)).status).toBe(400);
    expect((await post("/revoke", { token: "a" }, from)).status).toBe(200);
    expect(await statusOf("a", secret, "192.0.2.1", "/introspect")).toBe(200);
    for (const path of ["/token", "/revoke", "/introspect"]) {
      expect(await statusOf("a", secret, "192.0.2.1", path)).toBe(429);
    }
    expect(await statusOf("a", secret, "192.0.2.2")).toBe(200);
  });

  test("leave keys and metadata alone: verifiers need them", async () => {
    const { get } = start({ requests: 1 });
    for (let round = 0; round < 5; round++) expect((await get(`${url}/jwks`)).status).toBe(200);
  });

  test("take an IPv6 network for one caller", async () => {
    const { statusOf } = start({ requests: 1 });
    expect(await statusOf("a", secret, "2001:db8:1:2::1")).toBe(200);
    expect(await statusOf("a", secret, "2001:db8:1:2:ffff::9")).toBe(429);
    expect(await statusOf("a", secret, "2001:db8:1:3::1")).toBe(200);
  });

  test("that cannot be told, or do not know the caller, let nobody through", async () => {
    const throttle = createMemoryThrottle({ points: 9, duration: 60 });
    const broken = { ...throttle, consume: () => Promise.reject(new Error("connection lost")) };
    for (const limits of [{ requests: broken }, { failures: broken }]) {
      const { ask, events } = start({}, limits);
      const response = await ask("a", secret);
      expect(response.status).toBe(503);
      expect(response.headers.get("retry-after")).toBe("5");
      expect(events).toMatchObject([
        { type: "unavailable", cause: { message: "connection lost" } },
      ]);
    }
    const { post, events } = start({ requests: 1 });
    expect((await post("/token", grant, basic("a", secret))).status).toBe(503);
    expect(events).toMatchObject([{ cause: { message: /throttle.address/ } }]);
  });

  test("are those of rate-limiter-flexible too, which rejects with no Error", async () => {
    const refusal = { msBeforeNext: 1500, remainingPoints: 0 };
    const consume = () => Promise.reject(refusal);
    const { ask } = start({}, { requests: { consume, reward: async () => {} } });
    const response = await ask("a", secret);
    expect([response.status, response.headers.get("retry-after")]).toEqual([429, "2"]);
  });
});
