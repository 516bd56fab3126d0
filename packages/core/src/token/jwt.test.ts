import { describe, expect, test } from "vitest";
import { createGuard } from "../guard/create-guard.ts";
import { requestOf } from "../guard/request.fixture.ts";
import type { ClaimsSchema } from "./claims-schema.ts";
import { type JwtPrincipal, jwt } from "./jwt.ts";
import {
  audience,
  clock,
  goodClaims,
  issuer,
  makeKey,
  now,
  sign,
  signRaw,
} from "./signing.fixture.ts";

const key = await makeKey("ES256", "k1");
const trust = { issuer, audience, jwks: { keys: [key.jwk] } };
const guard = createGuard({ schemes: [jwt(trust)], clock });

async function principalOf(token: string, by = guard): Promise<JwtPrincipal> {
  const verdict = await by.check(requestOf({ authorization: `Bearer ${token}` }));
  if (verdict.kind !== "accepted") throw new Error(verdict.reason);
  return verdict.principal;
}

describe("the principal", () => {
  test("says everything that the token says", async () => {
    const claims = {
      ...goodClaims,
      client_id: "web",
      scope: "orders:read orders:write",
      roles: ["admin"],
      permissions: ["refunds:approve"],
      auth_time: now - 100,
    };
    expect(await principalOf(await sign(key, claims))).toEqual({
      scheme: "jwt",
      subject: "ada",
      clientId: "web",
      issuer,
      scopes: ["orders:read", "orders:write"],
      roles: ["admin"],
      permissions: ["refunds:approve"],
      claims,
      expiresAt: now + 300,
      authenticatedAt: now - 100,
    });
  });

  test("is empty where the token says nothing", async () => {
    const token = await signRaw(
      key,
      { alg: "ES256" },
      { iss: issuer, aud: audience, exp: now + 1 },
    );
    const principal = await principalOf(token);
    expect(principal).toMatchObject({ scopes: [], roles: [], permissions: [] });
    expect(principal.subject).toBeUndefined();
    expect(principal.clientId).toBeUndefined();
    expect(principal.authenticatedAt).toBeUndefined();
  });

  const rows: [what: string, claims: object, expected: object][] = [
    ["scp, as Entra ID writes it", { scp: "a b" }, { scopes: ["a", "b"] }],
    ["scp, as Okta writes it", { scp: ["a", "b"] }, { scopes: ["a", "b"] }],
    ["scope before scp", { scope: "a", scp: "b" }, { scopes: ["a"] }],
    ["azp where there is no client_id", { azp: "web" }, { clientId: "web" }],
    ["client_id before azp", { client_id: "web", azp: "x" }, { clientId: "web" }],
    ["no client of another kind", { client_id: ["web"] }, { clientId: undefined }],
    ["no auth_time of another kind", { auth_time: String(now) }, { authenticatedAt: undefined }],
    ["no scopes of another kind", { scope: { admin: true } }, { scopes: [] }],
    ["no roles of another kind", { roles: true }, { roles: [] }],
  ];
  for (const [what, claims, expected] of rows) {
    test(`reads ${what}`, async () => {
      expect(await principalOf(await sign(key, claims))).toMatchObject(expected);
    });
  }

  test("an auth_time of 1e400 is none", async () => {
    const payload = `${JSON.stringify(goodClaims).slice(0, -1)},"auth_time":1e400}`;
    const principal = await principalOf(await signRaw(key, { alg: "ES256" }, payload));
    expect(principal.authenticatedAt).toBeUndefined();
  });

  test("is read where the options say", async () => {
    const keycloak = createGuard({
      clock,
      schemes: [
        jwt({
          ...trust,
          scopes: (claims) => Object.keys(claims.grants as object),
          roles: ["realm_access", "roles"],
          permissions: "https://example.com/permissions",
        }),
      ],
    });
    const claims = {
      grants: { "orders:read": 1 },
      realm_access: { roles: ["admin"] },
      roles: ["none"],
      "https://example.com/permissions": ["p"],
    };
    const expected = { scopes: ["orders:read"], roles: ["admin"], permissions: ["p"] };
    expect(await principalOf(await sign(key, claims), keycloak)).toMatchObject(expected);
  });
});

describe("a handler cannot change a principal for the next one", () => {
  const claims = { nested: { list: [{ deep: true }] }, roles: ["reader"] };

  test("it is frozen, all the way down", async () => {
    const principal = await principalOf(await sign(key, claims));
    const nested = principal.claims.nested as typeof claims.nested;
    const changes: (() => unknown)[] = [
      () => Object.assign(principal, { subject: "eve" }),
      () => Object.assign(principal.claims, { sub: "eve" }),
      () => (principal.roles as string[]).push("admin"),
      () => (principal.scopes as string[]).push("all"),
      () => (principal.permissions as string[]).push("all"),
      () => (principal.claims.roles as string[]).push("admin"),
      () => Object.assign(nested, { list: [] }),
      () => nested.list.pop(),
      () => Object.assign(nested.list[0] as object, { deep: false }),
      () => Object.setPrototypeOf(principal, { admin: true }),
    ];
    for (const change of changes) expect(change).toThrow(TypeError);
  });

  test("and every request has its own", async () => {
    const token = await sign(key, claims);
    const first = await principalOf(token);
    expect(() => (first.roles as string[]).push("admin")).toThrow();
    expect(await principalOf(token)).toEqual(first);
    expect((await principalOf(token)).roles).toEqual(["reader"]);
  });

  test("what a schema makes of the claims is frozen too, and it gets a copy of them", async () => {
    const validate = (given: unknown) => {
      Object.assign(given as object, { sub: "eve" });
      return { value: { made: { list: [1] } } };
    };
    const schema: ClaimsSchema<{ made: { list: number[] } }> = {
      "~standard": { version: 1, vendor: "test", validate },
    };
    const typed = createGuard({ clock, schemes: [jwt({ ...trust, claims: schema })] });
    const request = requestOf({ authorization: `Bearer ${await sign(key, claims)}` });
    const verdict = await typed.check(request);
    if (verdict.kind !== "accepted") throw new Error(verdict.reason);
    const { made } = verdict.principal.claims;
    expect(verdict.principal).toMatchObject({ subject: "ada", claims: { made: { list: [1] } } });
    expect(() => made.list.push(2)).toThrow(TypeError);
  });

  test("two subjects who differ in sub alone are never mixed up (CVE-2026-35039)", async () => {
    const tokens = await Promise.all(["ada", "bob", "ada", "eve"].map((sub) => sign(key, { sub })));
    const principals = await Promise.all(tokens.map((token) => principalOf(token)));
    expect(principals.map(({ subject }) => subject)).toEqual(["ada", "bob", "ada", "eve"]);
  });

  test("__proto__ as a claim is inert", async () => {
    const payload = `${JSON.stringify(goodClaims).slice(0, -1)},"__proto__":{"roles":["admin"],"sub":"eve"}}`;
    const principal = await principalOf(await signRaw(key, { alg: "ES256" }, payload));
    expect(principal).toMatchObject({ subject: "ada", roles: [] });
    expect(principal.claims.roles).toBeUndefined();
    expect(Reflect.get({}, "roles")).toBeUndefined();
  });

  test("a deeply nested claim is frozen too", async () => {
    const payload = `${JSON.stringify(goodClaims).slice(0, -1)},"a":${"[".repeat(5000)}${"]".repeat(5000)}}`;
    const { claims } = await principalOf(await signRaw(key, { alg: "ES256" }, payload));
    let inner = claims.a;
    for (let depth = 0; depth < 4999; depth++) inner = (inner as unknown[])[0];
    expect(Object.isFrozen(inner)).toBe(true);
  });
});

describe("what it takes", () => {
  test("bearer in any case", async () => {
    const token = await sign(key);
    for (const word of ["Bearer", "bearer", "BEARER", "bEaReR"]) {
      const verdict = await guard.check(requestOf({ authorization: `${word} ${token}` }));
      expect(verdict.kind).toBe("accepted");
    }
  });

  test("nothing under another scheme, nor without one", async () => {
    const token = await sign(key);
    for (const [field, reason] of [
      [`Basic ${token}`, "scheme_not_admitted"],
      [`JWT ${token}`, "scheme_not_admitted"],
      [`Token ${token}`, "scheme_not_admitted"],
      [`DPoP ${token}`, "scheme_not_admitted"],
      [token, "scheme_not_admitted"],
      [`Bearer:${token}`, "credential_malformed"],
      [`Bearer\t${token}`, "credential_malformed"],
      [`Bearer="${token}"`, "credential_malformed"],
      [`Bearer "${token}"`, "token_malformed"],
      [`Bearer token=${token}`, "token_malformed"],
      [`Bearer ${token}, realm=x`, "token_malformed"],
      [`Bearer Bearer ${token}`, "token_malformed"],
      ["Bearer", "token_malformed"],
      ["Bearer opaque-token", "token_malformed"],
    ] as const) {
      const verdict = await guard.check(requestOf({ authorization: field }));
      expect(verdict).toMatchObject({ kind: "rejected", reason });
    }
    for (const place of [
      requestOf({ cookie: `access_token=${token}` }),
      requestOf({}, `/orders?access_token=${token}`),
      requestOf({ "x-access-token": token }),
    ]) {
      expect(await guard.check(place)).toMatchObject({ reason: "credential_missing" });
    }
  });

  test("its name", async () => {
    const named = createGuard({ clock, schemes: [jwt({ ...trust, name: "staff" })] });
    const verdict = await named.check(requestOf({ authorization: `Bearer ${await sign(key)}` }));
    expect(verdict).toMatchObject({ principal: { scheme: "staff" } });
    expect(jwt(trust).describe()).toEqual([
      { type: "http", scheme: "bearer", bearerFormat: "JWT" },
    ]);
  });

  test("and whose tokens: no other scheme of a guard may take them too", () => {
    expect(jwt(trust).issuers).toEqual([issuer]);
    expect(() => createGuard({ schemes: [jwt(trust), jwt({ ...trust, name: "b" })] })).toThrow(
      "Only one scheme may take JWTs sent as Bearer (for several issuers, use one jwt(",
    );
  });
});

test("an object that cannot be a string as iss is a refusal, not an outage", async () => {
  const token = await signRaw(key, { alg: "ES256" }, { ...goodClaims, iss: { toString: 1 } });
  const verdict = await guard.check(requestOf({ authorization: `Bearer ${token}` }));
  expect(verdict).toMatchObject({ kind: "rejected", reason: "issuer_mismatch" });
});
