import { createMemoryRevocations } from "@countersign/core/state";
import { decodeJwt, SignJWT } from "jose";
import { describe, expect, test } from "vitest";
import { audience, startIssuer, url } from "./fixture.ts";
import { createKeyRing } from "./keys/create-key-ring.ts";

const inactive = { active: false };

describe("an access token", () => {
  test("is told with all its claims (RFC 7662 §2.2)", async () => {
    const { issuer, start } = startIssuer();
    const { access_token } = await issuer.issue({
      subject: "ada",
      scope: "orders:read orders:write",
      roles: ["admin"],
      authenticatedAt: start - 10,
      methods: ["pwd", "otp"],
      acr: "urn:example:silver",
      claims: { tenant: 7, active: false, token_type: "odd" },
    });
    expect(await issuer.introspect(access_token)).toEqual({
      active: true,
      token_type: "Bearer",
      iss: url,
      sub: "ada",
      aud: audience,
      client_id: url,
      iat: start,
      exp: start + 300,
      jti: decodeJwt(access_token).jti,
      scope: "orders:read orders:write",
      roles: ["admin"],
      auth_time: start - 10,
      amr: ["pwd", "otp"],
      acr: "urn:example:silver",
      tenant: 7,
    });
  });

  test("is inactive from the second it expires", async () => {
    const { issuer, turn } = startIssuer();
    const { access_token } = await issuer.issue({ subject: "ada" });
    turn(299);
    expect(await issuer.introspect(access_token)).toMatchObject({ active: true });
    turn(1);
    expect(await issuer.introspect(access_token)).toEqual(inactive);
  });

  test("of another issuer, changed, or of no form is inactive", async () => {
    const { issuer } = startIssuer();
    const { access_token } = await issuer.issue({ subject: "ada" });
    const { access_token: foreign } = await startIssuer().issuer.issue({ subject: "ada" });
    const [head, body = "", signature] = access_token.split(".");
    const claims = btoa(JSON.stringify({ ...decodeJwt(access_token), sub: "eve" }));
    const none = btoa(JSON.stringify({ alg: "none", typ: "at+jwt" })).replaceAll("=", "");
    const others = [
      foreign,
      `${head}.${claims.replaceAll("=", "")}.${signature}`,
      `${head}.${body}.`,
      `${none}.${body}.`,
      access_token.slice(0, -4),
      `${access_token}.x`,
      "",
      "...",
      "x".repeat(100_000),
      undefined as unknown as string,
    ];
    for (const text of others) expect(await issuer.introspect(text)).toEqual(inactive);
  });

  test("signed by us for another purpose is none", async () => {
    const keys = createKeyRing();
    const { issuer, start } = startIssuer({ keys });
    const { kid, privateKey, algorithm } = await keys.current();
    const claims = { iss: url, sub: "ada", jti: "1", client_id: url, exp: start + 60 };
    const sign = (payload: object, typ?: string) =>
      new SignJWT({ ...payload })
        .setProtectedHeader({ alg: algorithm, kid, ...(typ && { typ }) })
        .sign(privateKey);
    expect(await issuer.introspect(await sign(claims, "at+jwt"))).toMatchObject({ active: true });
    for (const [payload, typ] of [
      [claims, "JWT"],
      [claims, undefined],
      [{ ...claims, iss: "https://other.example" }, "at+jwt"],
      [{ ...claims, exp: undefined }, "at+jwt"],
      [{ ...claims, jti: undefined }, "at+jwt"],
    ] as const) {
      expect(await issuer.introspect(await sign(payload, typ))).toEqual(inactive);
    }
  });

  test("that is longer than any guard takes is none", async () => {
    const { issuer } = startIssuer();
    const claims = { x: "x".repeat(12_000) };
    const { access_token } = await issuer.issue({ subject: "ada", claims });
    expect(access_token.length).toBeGreaterThan(16_384);
    expect(await issuer.introspect(access_token)).toEqual(inactive);
  });

  test("is inactive once it or its login has been revoked", async () => {
    const { issuer, login } = startIssuer({ revocations: createMemoryRevocations() });
    const [a, b] = [await login(), await login()];
    await issuer.revoke(a.access_token);
    await issuer.revoke(b.refresh_token);
    for (const { access_token } of [a, b]) {
      expect(await issuer.introspect(access_token)).toEqual(inactive);
    }
    expect(await issuer.introspect(a.refresh_token)).toMatchObject({ active: true });
  });
});

describe("a refresh token", () => {
  test("is told as what it is, so that no API takes it for an access token", async () => {
    const { issuer, start } = startIssuer();
    const dpopKey = "A".repeat(43);
    const { refresh_token = "", access_token } = await issuer.issue({
      subject: "ada",
      clientId: "mobile",
      scope: "orders:read",
      refreshable: true,
      authenticatedAt: start,
      methods: ["pwd"],
      acr: "1",
      dpopKey,
    });
    expect(await issuer.introspect(refresh_token)).toEqual({
      active: true,
      token_use: "refresh",
      iss: url,
      sub: "ada",
      client_id: "mobile",
      exp: start + 14 * 86_400,
      sid: decodeJwt(access_token).sid,
      scope: "orders:read",
      auth_time: start,
      amr: ["pwd"],
      acr: "1",
      cnf: { jkt: dpopKey },
    });
  });

  test("is inactive once it is used, has expired or has been revoked", async () => {
    const { issuer, login, turn } = startIssuer();
    const [used, revoked, unused] = [await login(), await login(), await login()];
    const next = await issuer.refresh(used.refresh_token);
    await issuer.revoke(revoked.refresh_token);
    expect(await issuer.introspect(used.refresh_token)).toEqual(inactive);
    expect(await issuer.introspect(next.refresh_token ?? "")).toMatchObject({ active: true });
    expect(await issuer.introspect(revoked.refresh_token)).toEqual(inactive);
    expect(await issuer.introspect(`csrt_${"A".repeat(43)}`)).toEqual(inactive);
    turn(14 * 86_400 - 1);
    expect(await issuer.introspect(unused.refresh_token)).toMatchObject({ active: true });
    turn(1);
    expect(await issuer.introspect(unused.refresh_token)).toEqual(inactive);
  });
});

test("what cannot be told now is no answer", async () => {
  const down = () => Promise.reject(new Error("connection lost"));
  const unavailable = { error: "temporarily_unavailable", status: 503 };
  const { login, store } = startIssuer();
  const { refresh_token } = await login();
  const noStore = startIssuer({ store: { ...store, find: down } });
  await expect(noStore.issuer.introspect(refresh_token)).rejects.toMatchObject(unavailable);

  const revocations = { ...createMemoryRevocations(), isRevoked: down };
  const noRevocations = startIssuer({ revocations });
  const { access_token } = await noRevocations.issuer.issue({ subject: "ada" });
  await expect(noRevocations.issuer.introspect(access_token)).rejects.toMatchObject(unavailable);

  const [known] = (await noRevocations.issuer.jwks()).keys;
  const spoilt = { ...known, x: "AAAA" } as never;
  const { issuer: badKeys } = startIssuer({ keys: { current: down, published: () => [spoilt] } });
  await expect(badKeys.introspect(access_token)).rejects.toMatchObject(unavailable);

  const { issuer: noKeys } = startIssuer({ keys: { current: down, published: down } });
  await expect(noKeys.introspect(access_token)).rejects.toMatchObject(unavailable);
});

test("a store of revocations that gives an odd answer has not said no", async () => {
  const revocations = { ...createMemoryRevocations(), isRevoked: () => undefined as never };
  const { issuer } = startIssuer({ revocations });
  const { access_token } = await issuer.issue({ subject: "ada" });
  expect(await issuer.introspect(access_token)).toEqual(inactive);
});
