import { describe, expect, test } from "vitest";
import { audience, basic, secret, startIssuer, url } from "../fixture.ts";
import type { TokenAnswer } from "../token/token-answer.ts";

const grant = { grant_type: "client_credentials" };

async function errorOf(answer: Promise<Response>) {
  const response = await answer;
  const { error } = (await response.json()) as { error: string };
  return { status: response.status, error };
}

describe("client_credentials", () => {
  test("gives a client a token for itself", async () => {
    const { post, verify, start } = startIssuer();
    const response = await post("/token", grant, basic("reports", secret));
    expect(response.status).toBe(200);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("content-type")).toBe("application/json");
    const answer = (await response.json()) as TokenAnswer;
    expect(answer).toEqual({
      access_token: expect.any(String),
      token_type: "Bearer",
      expires_in: 300,
      scope: "orders:read orders:write",
    });
    const { payload } = await verify(answer.access_token);
    expect(payload).toEqual({
      iss: url,
      sub: "reports",
      aud: audience,
      client_id: "reports",
      iat: start,
      exp: start + 300,
      jti: expect.any(String),
      scope: "orders:read orders:write",
    });
  });

  test("gives the scope asked for, and none beyond the client's", async () => {
    const { post } = startIssuer();
    const ask = (scope: string) => post("/token", { ...grant, scope }, basic("reports", secret));
    expect(await (await ask("orders:read")).json()).toMatchObject({ scope: "orders:read" });
    // A parameter without a value is as none (RFC 6749 §3.2).
    const all = { scope: "orders:read orders:write" };
    expect(await (await ask("")).json()).toMatchObject(all);
    const refused = { status: 400, error: "invalid_scope" };
    for (const scope of ["orders:read admin", "admin", 'a"b', "ä"]) {
      expect(await errorOf(ask(scope))).toEqual(refused);
    }
  });

  test("is for confidential clients that have scopes", async () => {
    const { post } = startIssuer();
    const unauthorized = { status: 400, error: "unauthorized_client" };
    const withoutScopes = basic("web:app", "0123456789abcdef");
    expect(await errorOf(post("/token", grant, withoutScopes))).toEqual(unauthorized);
    const publicClient = { ...grant, client_id: "mobile" };
    expect(await errorOf(post("/token", publicClient))).toEqual(unauthorized);
    const nobody = { status: 401, error: "invalid_client" };
    expect(await errorOf(post("/token", grant))).toEqual(nobody);
    expect(await errorOf(post("/token", { ...grant, client_id: url }))).toEqual(nobody);
  });
});

describe("client authentication", () => {
  test("is by Basic, form-urlencoded, or in the body", async () => {
    const { post } = startIssuer();
    const inBody = { ...grant, client_id: "reports", client_secret: secret };
    expect((await post("/token", inBody)).status).toBe(200);
    const both = { ...grant, client_id: "reports" };
    expect((await post("/token", both, basic("reports", secret))).status).toBe(200);
    const lowerCase = basic("reports", secret).authorization.replace("Basic", "basic");
    expect((await post("/token", grant, { authorization: lowerCase })).status).toBe(200);
  });

  test.each([
    ["a wrong secret", grant, basic("reports", `${secret}x`)],
    ["no secret", grant, basic("reports", "")],
    ["an unknown client", grant, basic("nobody", secret)],
    ["a client without a secret", grant, basic("mobile", "")],
    ["another scheme", grant, { authorization: "Bearer abc" }],
    ["a bare word", grant, { authorization: "abc" }],
    ["a wrong secret in the body", { ...grant, client_id: "reports", client_secret: "x" }, {}],
    ["a prototype's member", { ...grant, client_id: "__proto__", client_secret: "x" }, {}],
    ["a public client with a secret", { ...grant, client_id: "mobile", client_secret: "x" }, {}],
    ["a confidential client's name alone", { ...grant, client_id: "reports" }, {}],
    ["an unknown name alone", { ...grant, client_id: "nobody" }, {}],
  ])("refuses %s with 401 and a challenge", async (_name, form, headers) => {
    const { post } = startIssuer();
    const response = await post("/token", form, headers as Record<string, string>);
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toBe(`Basic realm="${url}"`);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await response.json()).toMatchObject({ error: "invalid_client" });
  });

  const raw = (pair: string) => ({ authorization: `Basic ${btoa(pair)}` });
  test.each([
    [
      "two methods",
      { ...grant, client_id: "reports", client_secret: secret },
      basic("reports", secret),
    ],
    ["two ids", { ...grant, client_id: "mobile" }, basic("reports", secret)],
    ["a secret without an id", { ...grant, client_secret: secret }, {}],
    ["Basic without credentials", grant, { authorization: "Basic" }],
    ["Basic that is no base64", grant, { authorization: "Basic !!!!" }],
    ["Basic without a colon", grant, raw("reports")],
    ["Basic that is no UTF-8", grant, raw("reports:\xff\xfe")],
    ["Basic with a bad escape", grant, raw("reports:100%")],
    ["two Authorization lines", grant, { authorization: "Basic YTpi, Basic YTpi" }],
  ])("refuses %s as a bad request", async (_name, form, headers) => {
    const { post } = startIssuer();
    const answer = post("/token", form, headers as Record<string, string>);
    expect(await errorOf(answer)).toEqual({ status: 400, error: "invalid_request" });
  });
});

describe("refresh_token", () => {
  const refreshing = (refresh_token: string) => ({ grant_type: "refresh_token", refresh_token });

  test("needs no client for a first-party login, which may name itself", async () => {
    const { post, login, verify } = startIssuer();
    const first = await login({ scope: "a b" });
    const response = await post("/token", refreshing(first.refresh_token));
    const second = (await response.json()) as TokenAnswer;
    expect(second).toMatchObject({ token_type: "Bearer", expires_in: 300, scope: "a b" });
    await verify(second.access_token);
    const named = { ...refreshing(second.refresh_token ?? ""), client_id: url, scope: "a" };
    expect(await (await post("/token", named)).json()).toMatchObject({ scope: "a" });
  });

  test("needs the name of a public client and the secret of a confidential one", async () => {
    const { post, login } = startIssuer();
    const mobile = await login({ clientId: "mobile" });
    const named = { ...refreshing(mobile.refresh_token), client_id: "mobile" };
    expect((await post("/token", named)).status).toBe(200);
    const web = await login({ clientId: "web:app" });
    const proof = basic("web:app", "0123456789abcdef");
    expect((await post("/token", refreshing(web.refresh_token), proof)).status).toBe(200);
  });

  test("refuses another client, and consumes nothing", async () => {
    const { post, login, issuer } = startIssuer();
    const { refresh_token } = await login({ clientId: "web:app" });
    const refused = { status: 400, error: "invalid_grant" };
    expect(await errorOf(post("/token", refreshing(refresh_token)))).toEqual(refused);
    const other = basic("reports", secret);
    expect(await errorOf(post("/token", refreshing(refresh_token), other))).toEqual(refused);
    await issuer.refresh(refresh_token, { clientId: "web:app" });
  });

  test("gives a lost answer again, byte for byte", async () => {
    const { post, login } = startIssuer();
    const { refresh_token } = await login();
    const texts = await Promise.all(
      Array.from({ length: 5 }, async () =>
        (await post("/token", refreshing(refresh_token))).text(),
      ),
    );
    expect(new Set(texts).size).toBe(1);
  });

  test("refuses what it does not know or may not widen", async () => {
    const { post, login } = startIssuer();
    const { refresh_token } = await login({ scope: "a" });
    const unknown = { status: 400, error: "invalid_grant" };
    expect(await errorOf(post("/token", refreshing("nonsense")))).toEqual(unknown);
    const wider = { ...refreshing(refresh_token), scope: "a b" };
    expect(await errorOf(post("/token", wider))).toEqual({ status: 400, error: "invalid_scope" });
  });
});

test("an outage is 503, told to the operator and not to the caller", async () => {
  const cause = new Error("postgres://user:planted@db is down");
  const { store, login, clock } = startIssuer();
  const { refresh_token } = await login();
  const broken = { ...store, find: () => Promise.reject(cause) };
  const { post, events } = startIssuer({ store: broken, clock });
  const response = await post("/token", { grant_type: "refresh_token", refresh_token });
  expect(response.status).toBe(503);
  expect(response.headers.get("retry-after")).toBe("5");
  expect(response.headers.get("cache-control")).toBe("no-store");
  const body = await response.text();
  expect(JSON.parse(body)).toMatchObject({ error: "temporarily_unavailable" });
  expect(body).not.toContain("planted");
  expect(events).toEqual([{ type: "unavailable", cause }]);
});
