import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { apiKey } from "../api-key/api-key.ts";
import { asBearer } from "../api-key/place.ts";
import { createGuard } from "../guard/create-guard.ts";
import { requestOf, withAuthorization } from "../guard/request.fixture.ts";
import { createMemoryApiKeys } from "../state/memory-api-keys.ts";
import { jwt } from "../token/jwt.ts";
import { audience, clock, issuer, makeKey, now, sign } from "../token/signing.fixture.ts";
import { bearing, endpoint, endpointThat, goodAnswer, guardOf } from "./introspection.fixture.ts";
import { introspection } from "./introspection.ts";
import type { IntrospectionOptions } from "./options.ts";

const token = "2YotnFZFEjr1zCsicMWpAA";

describe("the principal", () => {
  test("is what the issuer says of the token", async () => {
    const answer = { ...goodAnswer, auth_time: now - 60, roles: ["admin"], permissions: ["p"] };
    const { fetch } = endpointThat(answer);
    const verdict = await guardOf(fetch).check(bearing(token));
    expect(verdict).toEqual({
      kind: "accepted",
      principal: {
        scheme: "introspection",
        subject: "ada",
        clientId: "web",
        issuer,
        scopes: ["orders:read", "orders:write"],
        roles: ["admin"],
        permissions: ["p"],
        claims: answer,
        expiresAt: now + 300,
        authenticatedAt: now - 60,
        binding: undefined,
      },
    });
  });

  test("has the issuer that was asked, where the answer names none", async () => {
    const { fetch } = endpointThat({ ...goodAnswer, iss: undefined });
    const verdict = await guardOf(fetch).check(bearing(token));
    expect(verdict).toMatchObject({ principal: { issuer } });
  });

  test("is frozen with its claims, and so is the remembered answer", async () => {
    const { fetch } = endpointThat({ ...goodAnswer, nested: { list: [1] } });
    const guard = guardOf(fetch);
    const verdict = await guard.check(bearing(token));
    if (verdict.kind !== "accepted") throw new Error(verdict.reason);
    const { claims } = verdict.principal as unknown as { claims: { nested: { list: number[] } } };
    expect(() => Object.assign(claims, { sub: "eve" })).toThrow(TypeError);
    expect(() => claims.nested.list.push(2)).toThrow(TypeError);
    expect(await guard.check(bearing(token))).toEqual(verdict);
  });

  test("cannot be changed for the next one by whoever reads it", async () => {
    const { fetch } = endpointThat(goodAnswer);
    const roles = (claims: object) => [String(Object.assign(claims, { sub: "eve" }))];
    // A reader that throws is a mistake of ours, and lets nobody in.
    const verdict = await guardOf(fetch, { roles }).check(bearing(token));
    expect(verdict).toMatchObject({ kind: "unavailable" });
  });

  test("is read where the options say", async () => {
    const { fetch } = endpointThat({ ...goodAnswer, realm_access: { roles: ["admin"] } });
    const guard = guardOf(fetch, { name: "opaque" as never, roles: ["realm_access", "roles"] });
    const verdict = await guard.check(bearing(token));
    expect(verdict).toMatchObject({ principal: { scheme: "opaque", roles: ["admin"] } });
  });

  test("RFC 7662 §2.2: the example of an active token", async () => {
    const answer = {
      active: true,
      client_id: "l238j323ds-23ij4",
      username: "jdoe",
      scope: "read write dolphin",
      sub: "Z5O3upPC88QrAjx00dis",
      aud: "https://protected.example.net/resource",
      iss: "https://server.example.com/",
      exp: 1419356238,
      iat: 1419350238,
      extension_field: "twenty-seven",
    };
    const { fetch } = endpointThat(answer);
    const options = {
      issuer: "https://server.example.com/",
      audience: "https://protected.example.net/resource",
    };
    const verdict = await guardOf(fetch, options, { now: () => 1419350300_000 }).check(
      bearing(token),
    );
    expect(verdict).toMatchObject({
      kind: "accepted",
      principal: {
        subject: "Z5O3upPC88QrAjx00dis",
        clientId: "l238j323ds-23ij4",
        scopes: ["read", "write", "dolphin"],
        expiresAt: 1419356238,
      },
    });
  });

  test("RFC 7662 §2.2: the example of a token that is not active", async () => {
    const { fetch } = endpointThat({ active: false });
    const verdict = await guardOf(fetch).check(bearing(token));
    expect(verdict).toMatchObject({
      kind: "rejected",
      reason: "token_inactive",
      status: 401,
      error: "invalid_token",
    });
  });
});

describe("an active token is refused", () => {
  const rows: [what: string, answer: object, reason: string][] = [
    ["for another audience", { aud: "https://other.example" }, "audience_mismatch"],
    ["for no audience", { aud: undefined }, "audience_mismatch"],
    ["for an empty audience", { aud: [] }, "audience_mismatch"],
    ["for an audience that merely begins so", { aud: `${audience}/x` }, "audience_mismatch"],
    ["for an audience that is no string", { aud: [7] }, "claim_invalid"],
    ["of another issuer", { iss: "https://evil.example" }, "issuer_mismatch"],
    ["of the issuer with a slash", { iss: `${issuer}/` }, "issuer_mismatch"],
    ["of several issuers", { iss: [issuer] }, "issuer_mismatch"],
    ["of an issuer that cannot be a string", { iss: { toString: 1 } }, "issuer_mismatch"],
    ["expired", { exp: now - 31 }, "token_expired"],
    ["with exp as text", { exp: String(now + 300) }, "claim_invalid"],
    ["not valid yet", { nbf: now + 31 }, "token_not_yet_valid"],
    ["issued in the future", { iat: now + 31 }, "token_not_yet_valid"],
    ["with an empty sub", { sub: "" }, "claim_invalid"],
    ["with a sub that is no string", { sub: 7 }, "claim_invalid"],
    [
      "that is a refresh token (token_type)",
      { token_type: "refresh_token" },
      "token_type_mismatch",
    ],
    ["that is a refresh token (token_use)", { token_use: "refresh_token" }, "token_type_mismatch"],
    ["that is a refresh token (typ)", { typ: "Refresh" }, "token_type_mismatch"],
    ["that is an offline token (typ)", { typ: "Offline" }, "token_type_mismatch"],
    ["that is an ID token (token_use)", { token_use: "id" }, "token_type_mismatch"],
    ["that is an ID token (typ)", { typ: "ID" }, "token_type_mismatch"],
    ["that is an ID token (nonce)", { nonce: "n-0S6_WzA2Mj" }, "token_type_mismatch"],
    ["that is an ID token (at_hash)", { at_hash: "MTIzNDU2" }, "token_type_mismatch"],
    ["of a type nobody knows", { token_type: "mac" }, "token_type_mismatch"],
    ["of a type that begins like ours", { token_type: "Bearer2" }, "token_type_mismatch"],
    ["of a type that ends like ours", { token_type: "not bearer" }, "token_type_mismatch"],
    ["of the type N_A (RFC 8693 §2.2.1)", { token_type: "N_A" }, "token_type_mismatch"],
    ["of a type that is no string", { token_type: ["Bearer"] }, "token_type_mismatch"],
    ["of a type that is null", { token_type: null }, "token_type_mismatch"],
  ];
  for (const [what, change, reason] of rows) {
    test(what, async () => {
      const { fetch } = endpointThat({ ...goodAnswer, ...change });
      const guard = guardOf(fetch);
      // From the endpoint, and from memory.
      for (const _ of [1, 2]) {
        const verdict = await guard.check(bearing(token));
        expect(verdict).toMatchObject({ kind: "rejected", reason, status: 401 });
      }
    });
  }
});

describe("an active token is taken", () => {
  const rows: [what: string, answer: object][] = [
    ["of type bearer in any case", { token_type: "bEaReR" }],
    ["without a type, if it is for us", { token_type: undefined }],
    ["for several audiences, one of them ours", { aud: ["https://other.example", audience] }],
    ["without an issuer", { iss: undefined }],
    ["without an end", { exp: undefined }],
    ["without a subject", { sub: undefined }],
    ["within the tolerance", { exp: now - 29, nbf: now + 29 }],
    ["called an access token", { token_use: "access_token", typ: "Bearer" }],
    ["with members that look like ours", { kind: "rejected", answer: { active: false } }],
  ];
  for (const [what, change] of rows) {
    test(what, async () => {
      const { fetch } = endpointThat({ ...goodAnswer, ...change });
      expect(await guardOf(fetch).check(bearing(token))).toMatchObject({ kind: "accepted" });
    });
  }
});

test("an answer cannot pass itself off as a verdict", async () => {
  const forged = { active: true, kind: "accepted", principal: { subject: "eve" } };
  const { fetch } = endpointThat(forged);
  expect(await guardOf(fetch).check(bearing(token))).toMatchObject({ kind: "rejected" });
});

describe("audience: null", () => {
  const open = { audience: null, clientIds: ["web", "app"] } as const;
  const rows: [what: string, answer: object, expected: object][] = [
    ["takes the tokens of the clients named", { aud: undefined }, { kind: "accepted" }],
    ["no others", { client_id: "x" }, { reason: "client_mismatch" }],
    ["none of nobody", { client_id: undefined }, { reason: "client_mismatch" }],
    [
      "nothing that is not called an access token: so are refresh tokens reported",
      { token_type: undefined },
      { reason: "token_type_mismatch" },
    ],
  ];
  for (const [what, change, expected] of rows) {
    test(what, async () => {
      const { fetch } = endpointThat({ ...goodAnswer, ...change });
      expect(await guardOf(fetch, open).check(bearing(token))).toMatchObject(expected);
    });
  }
});

describe("what is sent for a token", () => {
  test("Bearer in any case, exactly as it stands there", async () => {
    const { fetch, questions } = endpointThat(goodAnswer);
    for (const word of ["Bearer", "bearer", "BEARER"]) {
      const guard = guardOf(fetch);
      await guard.check(requestOf({ authorization: `${word} a-._~+/b==` }));
    }
    expect(questions.map(({ form }) => form.get("token"))).toEqual(Array(3).fill("a-._~+/b=="));
  });

  test("nothing for what cannot be one", async () => {
    const { fetch, questions } = endpointThat(goodAnswer);
    const guard = guardOf(fetch);
    for (const [field, reason] of [
      ["Bearer", "token_malformed"],
      ["Bearer a b", "token_malformed"],
      ["Bearer tökén", "token_malformed"],
      ['Bearer "quoted"', "token_malformed"],
      ["Bearer a=b", "token_malformed"],
      ["Bearer a, Bearer b", "credential_malformed"],
      [`Bearer ${"a".repeat(16 * 1024 + 1)}`, "token_malformed"],
      ["Basic YTpi", "scheme_not_admitted"],
      ["DPoP abc", "scheme_not_admitted"],
      ["abc", "scheme_not_admitted"],
    ] as const) {
      const verdict = await guard.check(withAuthorization(field));
      expect(verdict, field.slice(0, 20)).toMatchObject({ kind: "rejected", reason });
    }
    const nowhere = requestOf({ cookie: `token=${token}` }, `/orders?access_token=${token}`);
    expect(await guard.check(nowhere)).toMatchObject({ reason: "credential_missing" });
    expect(questions).toEqual([]);
  });
});

describe("beside other schemes that take Bearer", async () => {
  const key = await makeKey("ES256", "k1");
  const { fetch, questions } = endpointThat(goodAnswer);
  const opaque = introspection({
    endpoint,
    clientId: "api",
    clientSecret: "secret",
    audience,
    fetch,
  });
  const local = jwt({ issuer, audience, jwks: { keys: [key.jwk] } });

  test("it takes what is no JWT, and JWTs never leave", async () => {
    const guard = createGuard({ schemes: [opaque, local], clock });
    const good = await guard.check(bearing(await sign(key)));
    expect(good).toMatchObject({ principal: { scheme: "jwt" } });
    const forged = await guard.check(bearing(`${await sign(key)}x`));
    expect(forged).toMatchObject({ kind: "rejected", scheme: "jwt" });
    expect(questions).toEqual([]);
    const other = await guard.check(bearing(token));
    expect(other).toMatchObject({ principal: { scheme: "introspection" } });
  });

  test("it takes no key with a configured prefix", async () => {
    const keys = apiKey({
      keys: createMemoryApiKeys([]),
      prefix: "orders",
      from: [asBearer()],
    });
    const guard = createGuard({ schemes: [opaque, keys], clock });
    const verdict = await guard.check(bearing("orders_1_secret_checksum"));
    expect(verdict).toMatchObject({ reason: "api_key_invalid" });
  });

  test("there can be one fallback only", () => {
    const keys = apiKey({ keys: createMemoryApiKeys([]), from: [asBearer()] });
    expect(() => createGuard({ schemes: [opaque, keys] })).toThrow(
      "Only one scheme may take tokens sent as Bearer",
    );
  });

  test("a view that does not admit it asks nobody", async () => {
    const asked = questions.length;
    const guard = createGuard({ schemes: [opaque, local], clock }).only("jwt");
    expect(await guard.check(bearing("another-token"))).toMatchObject({
      reason: "scheme_not_admitted",
    });
    expect(questions.length).toBe(asked);
  });
});

describe("options that cannot be right or safe", () => {
  const good = { issuer, clientId: "api", clientSecret: "secret", audience };
  const rows: [what: string, options: object, message: string][] = [
    ["no audience", { audience: undefined }, "audience must be"],
    ["an empty audience", { audience: "" }, "audience must be"],
    ["no audience and no clients", { audience: null }, "audience: null, clientIds"],
    ["no clients", { clientIds: [] }, "clientIds must be"],
    ["neither issuer nor endpoint", { issuer: undefined }, "name the issuer"],
    ["signed answers of nobody", { issuer: undefined, endpoint, signed: true }, "name the issuer"],
    ["keys of nobody", { issuer: undefined, endpoint, jwks: { keys: [] } }, "name the issuer"],
    ["an issuer over http", { issuer: "http://id.example.com" }, "https:"],
    ["an endpoint over http", { endpoint: "http://id.example.com/i" }, "https:"],
    ["no client", { clientId: "" }, "must not be empty"],
    ["no secret", { clientSecret: "" }, "must not be empty"],
    ["a secret that is not set", { clientSecret: undefined }, "must not be empty"],
    ["no time", { timeout: 0 }, "timeout"],
    ["endless time", { timeout: Number.POSITIVE_INFINITY }, "timeout"],
    ["a longer memory than 30 s", { cache: { active: 31 } }, "cache.active"],
    ["a negative memory", { cache: { inactive: -1 } }, "cache.inactive"],
    ["a memory that is no number", { cache: { active: Number.NaN } }, "cache.active"],
    ["no room", { cache: { limit: 0 } }, "cache.limit"],
    ["a schema that is none", { claims: { parse: () => ({}) } }, "Standard Schema"],
  ];
  for (const [what, change, message] of rows) {
    test(what, () => {
      const make = () => introspection({ ...good, ...change } as IntrospectionOptions);
      expect(make).toThrow(message);
    });
  }

  test("loopback may be plain http", () => {
    introspection({
      ...good,
      endpoint: "http://127.0.0.1:9/introspect",
      issuer: "http://localhost:9",
    });
  });
});

test("it describes itself, and names its issuer for resource metadata", () => {
  const options = { clientId: "api", clientSecret: "secret", audience };
  const known = introspection({ ...options, issuer });
  expect(known.issuers).toEqual([issuer]);
  expect(known.describe()).toEqual([{ type: "http", scheme: "bearer" }]);
  expect(introspection({ ...options, endpoint }).issuers).toEqual([]);
});

test("nothing shows the token or the secret: no verdict, error, scheme or guard", async () => {
  const planted = "planted-token-0123456789";
  const secret = "planted-secret-0123456789";
  for (const reaction of [
    goodAnswer,
    { active: false },
    { active: "true", token: planted },
    () => new Response(`<html>${planted}`, { status: 500 }),
    () => new Response(`<html>${planted}`),
    new Error(`could not send token=${planted}`, { cause: { code: planted } }),
  ]) {
    const { fetch } = endpointThat(reaction);
    const guard = guardOf(fetch, { clientSecret: secret });
    const verdict = await guard.check(bearing(planted));
    const causes = verdict.kind === "unavailable" ? [verdict.cause] : [];
    for (const value of [verdict, guard, ...guard.admitted, ...causes]) {
      const shown = inspect(value, { depth: 20, showHidden: true }) + JSON.stringify(value);
      expect(shown).not.toContain("planted");
    }
  }
});
