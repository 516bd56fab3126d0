import { createMemoryRevocations } from "@countersign/core/state";
import { expect, test } from "vitest";
import { basic, secret, startIssuer, url } from "../fixture.ts";

const invalidGrant = { error: "invalid_grant" };

test("ends a first-party login without a client", async () => {
  const { post, login, issuer } = startIssuer();
  for (const client of [{}, { client_id: url }]) {
    const { refresh_token } = await login();
    const hint = { token_type_hint: "access_token" };
    const response = await post("/revoke", { token: refresh_token, ...hint, ...client });
    expect(response.status).toBe(200);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await response.text()).toBe("");
    await expect(issuer.refresh(refresh_token)).rejects.toMatchObject(invalidGrant);
  }
});

test("answers 200 to a token there is nothing to revoke of (RFC 7009 §2.2)", async () => {
  const { post, login, issuer } = startIssuer();
  const { refresh_token } = await login();
  const { access_token: foreign } = await startIssuer().login();
  for (const token of ["nonsense", foreign, `csrt_${"A".repeat(43)}`]) {
    expect((await post("/revoke", { token })).status).toBe(200);
  }
  await issuer.refresh(refresh_token);
});

test("refuses another client, and ends nothing", async () => {
  const { post, login, issuer } = startIssuer();
  const { refresh_token: token } = await login({ clientId: "web:app" });
  for (const headers of [{}, basic("reports", secret)]) {
    const response = await post("/revoke", { token }, headers as Record<string, string>);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject(invalidGrant);
  }
  const { refresh_token: next = "" } = await issuer.refresh(token, { clientId: "web:app" });
  const owner = basic("web:app", "0123456789abcdef");
  expect((await post("/revoke", { token: next }, owner)).status).toBe(200);
  const promise = issuer.refresh(next, { clientId: "web:app" });
  await expect(promise).rejects.toMatchObject(invalidGrant);
});

test("ends one access token, for whom it was issued to", async () => {
  const revocations = createMemoryRevocations();
  const { post, login, issuer } = startIssuer({ revocations });
  const { access_token: token } = await login({ clientId: "web:app" });
  for (const headers of [{}, basic("reports", secret)]) {
    const response = await post("/revoke", { token }, headers as Record<string, string>);
    expect([response.status, await response.json()]).toMatchObject([400, invalidGrant]);
  }
  expect((await issuer.introspect(token)).active).toBe(true);
  const owner = basic("web:app", "0123456789abcdef");
  expect((await post("/revoke", { token }, owner)).status).toBe(200);
  expect((await issuer.introspect(token)).active).toBe(false);
});

test("says so when access tokens cannot be revoked (RFC 7009 §2.2.1)", async () => {
  const { post, login } = startIssuer();
  const { access_token: token } = await login();
  const response = await post("/revoke", { token });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: "unsupported_token_type" });
});

test("refuses bad requests", async () => {
  const { post } = startIssuer();
  const missing = await post("/revoke", {});
  expect(missing.status).toBe(400);
  expect(await missing.json()).toMatchObject({ error: "invalid_request" });
  const wrong = await post("/revoke", { token: "a" }, basic("reports", "wrong"));
  expect(wrong.status).toBe(401);
  expect(wrong.headers.get("www-authenticate")).toContain("Basic");
});

test("a store that fails is 503, so that the client asks again", async () => {
  const { store, login } = startIssuer();
  const { refresh_token: token } = await login();
  const fail = () => Promise.reject(new Error("connection lost"));
  const { post } = startIssuer({ store: { ...store, revokeFamily: fail } });
  const response = await post("/revoke", { token });
  expect(response.status).toBe(503);
  expect(response.headers.get("retry-after")).toBe("5");
});
