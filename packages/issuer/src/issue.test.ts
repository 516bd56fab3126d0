import { createGuard, fresh, jwt } from "@countersign/core";
import { ConfigurationError, sha256 } from "@countersign/core/wire";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { describe, expect, test } from "vitest";
import { audience, startIssuer, url } from "./fixture.ts";
import type { IssueOptions } from "./token/grant.ts";

describe("the access token", () => {
  test("is what RFC 9068 asks for", async () => {
    const { issuer, verify, start } = startIssuer();
    const answer = await issuer.issue({
      subject: "ada",
      scope: "orders:read orders:write orders:read",
      clientId: "mobile",
      roles: ["admin"],
      authenticatedAt: start - 30,
      methods: ["pwd"],
      acr: "urn:example:silver",
      claims: { tenant: { id: 7 } },
    });
    expect(answer).toEqual({
      access_token: expect.any(String),
      token_type: "Bearer",
      expires_in: 300,
      scope: "orders:read orders:write",
    });
    const { payload, protectedHeader } = await verify(answer.access_token);
    expect(protectedHeader).toEqual({ alg: "ES256", typ: "at+jwt", kid: expect.any(String) });
    expect(payload).toEqual({
      iss: url,
      sub: "ada",
      aud: audience,
      client_id: "mobile",
      iat: start,
      exp: start + 300,
      jti: expect.any(String),
      scope: "orders:read orders:write",
      auth_time: start - 30,
      amr: ["pwd"],
      acr: "urn:example:silver",
      roles: ["admin"],
      tenant: { id: 7 },
    });
  });

  test("says no more than it was told", async () => {
    const { issuer, verify } = startIssuer();
    const answer = await issuer.issue({ subject: "ada" });
    expect(answer).not.toHaveProperty("scope");
    const { payload } = await verify(answer.access_token);
    expect(Object.keys(payload).sort()).toEqual(
      ["aud", "client_id", "exp", "iat", "iss", "jti", "sub"].sort(),
    );
    expect(payload.client_id).toBe(url);
  });

  test("says when the user logged in, by a clock that is a little ahead, or long ago", async () => {
    const { issuer, verify, start } = startIssuer();
    for (const authenticatedAt of [0, start + 60]) {
      const { access_token } = await issuer.issue({ subject: "ada", authenticatedAt });
      expect((await verify(access_token)).payload.auth_time).toBe(authenticatedAt);
    }
  });

  test("has an id of its own each time", async () => {
    const { issuer } = startIssuer();
    const tokens = await Promise.all(
      Array.from({ length: 20 }, () => issuer.issue({ subject: "ada" })),
    );
    const ids = tokens.map(({ access_token }) => decodeJwt(access_token).jti);
    expect(new Set(ids).size).toBe(20);
  });

  test("names the configured first party, audiences and lifetime", async () => {
    const { issuer } = startIssuer({
      defaultClientId: "first-party",
      audience: [audience, "https://other.example"],
      accessTokenLifetime: 60,
    });
    const answer = await issuer.issue({ subject: "ada" });
    expect(answer.expires_in).toBe(60);
    const claims = decodeJwt(answer.access_token);
    expect(claims.client_id).toBe("first-party");
    expect(claims.aud).toEqual([audience, "https://other.example"]);
    expect(Number(claims.exp) - Number(claims.iat)).toBe(60);
    const other = await issuer.issue({ subject: "ada", audience: "https://one.example" });
    expect(decodeJwt(other.access_token).aud).toBe("https://one.example");
  });

  test("expires by the issuer's clock", async () => {
    const { issuer, verify, turn } = startIssuer();
    const { access_token } = await issuer.issue({ subject: "ada" });
    turn(299);
    await verify(access_token);
    turn(1);
    await expect(verify(access_token)).rejects.toThrow(/exp/);
  });

  test("holds the login's id when a refresh token goes along", async () => {
    const { login, issuer } = startIssuer();
    const first = await login();
    const second = await issuer.refresh(first.refresh_token);
    const other = await login();
    expect(first.refresh_token).toMatch(/^csrt_[\w-]{43}$/);
    const [a, b, c] = [first, second, other].map(({ access_token }) => decodeJwt(access_token).sid);
    expect(a).toEqual(expect.any(String));
    expect(b).toBe(a);
    expect(c).not.toBe(a);
  });

  test("takes the time of authentication from the clock when told so", async () => {
    const { issuer, start } = startIssuer();
    const { access_token } = await issuer.issue({ subject: "ada", authenticatedAt: "now" });
    expect(decodeJwt(access_token).auth_time).toBe(start);
  });
});

describe("a mistake of the program is a ConfigurationError", () => {
  const mistakes: [string, Partial<IssueOptions>][] = [
    ["no subject", { subject: "" }],
    ["a subject that is no text", { subject: 7 as never }],
    ["a client's id as subject", { subject: "reports" }],
    ["an empty audience", { audience: [] }],
    ["an empty client id", { clientId: "" }],
    ["an empty role", { roles: [""] }],
    ["a method that is no text", { methods: [1 as never] }],
    ["milliseconds for auth_time", { authenticatedAt: 1_800_000_000_000 }],
    ["a broken auth_time", { authenticatedAt: Number.NaN }],
    ["an auth_time of parts of a second", { authenticatedAt: 1_700_000_000.5 }],
    ["an auth_time before all time", { authenticatedAt: -1 }],
    ["an auth_time in the future", { authenticatedAt: 1_800_000_061 }],
    ["a list for claims", { claims: [] as never }],
    ["claims that are no JSON", { claims: { big: 1n } }],
    ["claims that hide a reserved one", { claims: { toJSON: () => ({ sub: "eve" }) } }],
    ...(
      "iss sub aud client_id iat nbf exp jti scope auth_time amr acr roles sid cnf act " +
      "typ token_use nonce at_hash c_hash"
    )
      .split(" ")
      .map((name): [string, Partial<IssueOptions>] => [
        `the reserved claim ${name}`,
        { claims: { [name]: "eve" } },
      ]),
  ];
  test.each(mistakes)("%s", async (_name, changes) => {
    const { issuer } = startIssuer();
    const promise = issuer.issue({ subject: "ada", ...changes });
    await expect(promise).rejects.toBeInstanceOf(ConfigurationError);
  });
});

test.each([["a\u00e9"], ['a "b"'], [["a b"]], [[""]]])("the scope %j is refused", async (scope) => {
  const { issuer } = startIssuer();
  await expect(issuer.issue({ subject: "ada", scope })).rejects.toMatchObject({
    name: "IssuerError",
    error: "invalid_scope",
    status: 400,
  });
});

test("a client may be issued a token for itself", async () => {
  const { issuer } = startIssuer();
  const { access_token } = await issuer.issue({ subject: "reports", clientId: "reports" });
  expect(decodeJwt(access_token)).toMatchObject({ sub: "reports", client_id: "reports" });
});

test("options changed after the login change no later token", async () => {
  const { issuer } = startIssuer();
  const options = { subject: "ada", roles: ["reader"], claims: { limits: { orders: 1 } } };
  const { refresh_token = "" } = await issuer.issue({ ...options, refreshable: true });
  options.roles.push("admin");
  options.claims.limits.orders = 1000;
  const { access_token } = await issuer.refresh(refresh_token);
  expect(decodeJwt(access_token)).toMatchObject({ roles: ["reader"], limits: { orders: 1 } });
});

test("nobody who finds a record can change the login", async () => {
  const { issuer, store } = startIssuer();
  const login = {
    subject: "ada",
    roles: ["reader"],
    claims: { a: { b: [{}] } },
    refreshable: true,
  };
  const { refresh_token = "" } = await issuer.issue(login);
  const record = await store.find(await sha256(refresh_token));
  const claims = record?.grant.claims as { roles: string[]; a: { b: object[] } };
  for (const part of [record?.grant, record?.grant.scopes, claims, claims.roles, claims.a.b[0]]) {
    expect(Object.isFrozen(part)).toBe(true);
  }
});

test("a claim named __proto__ is only a claim", async () => {
  const { issuer } = startIssuer();
  const claims = JSON.parse('{"__proto__":{"sub":"eve"}}');
  const { access_token } = await issuer.issue({ subject: "ada", claims });
  expect(decodeJwt(access_token).sub).toBe("ada");
  expect(decodeProtectedHeader(access_token).typ).toBe("at+jwt");
});

test("a store or keys that fail make the issuer unavailable, and nothing is issued", async () => {
  const cause = new Error("disk full");
  const fail = () => {
    throw cause;
  };
  const { store } = startIssuer();
  const unavailable = { name: "IssuerError", error: "temporarily_unavailable", status: 503, cause };
  const withoutStore = startIssuer({ store: { ...store, start: fail } });
  await expect(withoutStore.login()).rejects.toMatchObject(unavailable);
  const withoutKeys = startIssuer({ keys: { current: fail, published: fail } });
  await expect(withoutKeys.login()).rejects.toMatchObject(unavailable);
  await expect(withoutKeys.issuer.jwks()).rejects.toMatchObject(unavailable);
});

test("a route that asks for a fresh and strong login lets in who had one (RFC 9470)", async () => {
  const { issuer, turn, clock } = startIssuer();
  const guard = createGuard({
    clock,
    schemes: [jwt({ issuer: url, audience, jwks: () => issuer.jwks() })],
  });
  const check = async (token: string) => {
    const request = {
      method: "DELETE",
      url: `${audience}/orders/1`,
      header: (name: string) => (name === "authorization" ? `Bearer ${token}` : undefined),
      body: () => undefined,
      address: undefined,
      secure: true,
      certificate: undefined,
    };
    const verdict = await guard.check(request, fresh({ maxAge: 300, acr: ["silver"] }));
    return verdict.kind === "rejected" ? verdict.error : verdict.kind;
  };
  const strong = { subject: "ada", authenticatedAt: "now", acr: "silver" } as const;
  const { access_token, refresh_token = "" } = await issuer.issue({ ...strong, refreshable: true });
  expect(await check(access_token)).toBe("accepted");
  const weak = await issuer.issue({ ...strong, acr: "bronze" });
  expect(await check(weak.access_token)).toBe("insufficient_user_authentication");
  turn(200);
  const next = await issuer.refresh(refresh_token);
  expect(await check(next.access_token)).toBe("accepted");
  turn(101);
  expect(await check(next.access_token)).toBe("insufficient_user_authentication");
});
