import { describe, expect, test } from "vitest";
import { apiKey } from "../api-key/api-key.ts";
import { asBearer } from "../api-key/place.ts";
import { basic } from "../basic/basic.ts";
import { claim } from "../requirement/claim.ts";
import { allOf } from "../requirement/combine.ts";
import { fresh } from "../requirement/fresh.ts";
import { permission, role } from "../requirement/role.ts";
import { anyScope, scope } from "../requirement/scope.ts";
import { createMemoryApiKeys } from "../state/memory-api-keys.ts";
import { jwt } from "../token/jwt.ts";
import { audience, clock, issuer, makeKey, now, sign } from "../token/signing.fixture.ts";
import { sha256 } from "../wire/sha256.ts";
import { toAnswer } from "./answer.ts";
import { createGuard } from "./create-guard.ts";
import type { Guard } from "./guard.ts";
import type { Principal } from "./principal.ts";
import { requestOf } from "./request.fixture.ts";
import type { Requirement } from "./requirement.ts";

const key = await makeKey("ES256", "k1");
const secretKey = "0123456789abcdef0123456789abcdef";
const record = { id: "k", hash: await sha256(secretKey), subject: "billing" };
const trust = { issuer, audience, jwks: { keys: [key.jwk] } };
const user = { subject: "ada", passwordHash: "hash" };
const schemes = [
  jwt(trust),
  apiKey({ keys: createMemoryApiKeys([record, { ...record, id: "old", hash: "x" }]) }),
  basic({
    users: { find: () => user },
    passwords: { verify: (_hash, given) => given === "pw" },
  }),
] as const;
const guard = createGuard({ realm: "orders", clock, schemes });

const bearer = { authorization: `Bearer ${await sign(key)}` };
const loggedIn = { authorization: `Bearer ${await sign(key, { auth_time: now - 400 })}` };
const expired = { authorization: `Bearer ${await sign(key, { exp: now - 900 })}` };
const apiKeyed = { "x-api-key": secretKey };
const password = { authorization: `Basic ${btoa("ada:pw")}` };
const wrongPassword = { authorization: `Basic ${btoa("ada:no")}` };

/** The status, and what WWW-Authenticate says word for word. */
async function answer(
  by: Guard<Principal | undefined>,
  headers: Record<string, string>,
  requirement?: Requirement,
) {
  const verdict = await by.check(requestOf(headers), requirement);
  if (verdict.kind === "accepted") return [200];
  const { status, headers: fields } = toAnswer(verdict);
  return [status, fields.find(([name]) => name === "www-authenticate")?.[1]];
}

type Row = [
  what: string,
  headers: Record<string, string>,
  requirement: Requirement | undefined,
  ...expected: [number, string?],
];

function check(by: Guard<Principal | undefined>, rows: Row[]) {
  for (const [what, headers, requirement, ...expected] of rows) {
    test(what, async () => {
      const found = await answer(by, headers, requirement);
      expect(found.filter((value) => value !== undefined)).toEqual(expected);
    });
  }
}

const apiKeyAndBasic = 'ApiKey realm="orders", Basic realm="orders", charset="UTF-8"';
const everything = `Bearer realm="orders", ${apiKeyAndBasic}`;
const bearerError = (error: string, description: string, more = "") =>
  `Bearer realm="orders", error="${error}", error_description="${description}"${more}`;

describe("401: every way in", () => {
  check(guard, [
    ["no credential: no error", {}, undefined, 401, everything],
    ["a scheme that nobody takes", { authorization: "Digest a=b" }, undefined, 401, everything],
    [
      "an expired token",
      expired,
      undefined,
      401,
      `${bearerError("invalid_token", "The access token has expired")}, ${apiKeyAndBasic}`,
    ],
    [
      "a malformed token",
      { authorization: "Bearer opaque" },
      undefined,
      401,
      `${bearerError("invalid_token", "The access token is malformed")}, ${apiKeyAndBasic}`,
    ],
    [
      "a wrong key: its own challenge first, and no error in any",
      { "x-api-key": "nope" },
      undefined,
      401,
      'ApiKey realm="orders", Bearer realm="orders", Basic realm="orders", charset="UTF-8"',
    ],
    [
      "a wrong password: its own challenge first",
      wrongPassword,
      undefined,
      401,
      'Basic realm="orders", charset="UTF-8", Bearer realm="orders", ApiKey realm="orders"',
    ],
    [
      "a login too old (RFC 9470 §3)",
      loggedIn,
      fresh({ maxAge: 300 }),
      401,
      `${bearerError(
        "insufficient_user_authentication",
        "The login is too old for this resource; log in again",
        ', max_age="300"',
      )}, ${apiKeyAndBasic}`,
    ],
    [
      "a login too weak (RFC 9470 §3)",
      loggedIn,
      fresh({ acr: ["phr", "phrh"], maxAge: 600 }),
      401,
      `${bearerError(
        "insufficient_user_authentication",
        "The login was not strong enough for this resource",
        ', acr_values="phr phrh", max_age="600"',
      )}, ${apiKeyAndBasic}`,
    ],
  ]);
});

describe("400: the error, where Bearer is admitted", () => {
  const conflict = "The request carries more than one credential; send one";
  const malformed = "The Authorization header holds no well-formed credential";
  check(guard, [
    [
      "two credentials",
      { ...bearer, ...apiKeyed },
      undefined,
      400,
      bearerError("invalid_request", conflict),
    ],
    [
      "an unreadable field",
      { authorization: "=" },
      undefined,
      400,
      bearerError("invalid_request", malformed),
    ],
  ]);
  check(guard.only("basic"), [
    ["nothing where it is not", { ...bearer, ...apiKeyed }, undefined, 400],
    ["nor for an unreadable field", { authorization: "=" }, undefined, 400],
  ]);
});

describe("403: a challenge for tokens that lack a scope, and none for anything else", () => {
  const missing = "The credential lacks a scope that this resource needs";
  check(guard, [
    [
      "scope, with a token",
      bearer,
      scope("orders:read", "orders:write"),
      403,
      bearerError("insufficient_scope", missing, ', scope="orders:read orders:write"'),
    ],
    [
      "any scope, with a token",
      bearer,
      anyScope("a", "b"),
      403,
      bearerError("insufficient_scope", missing, ', scope="a b"'),
    ],
    ["scope, with a key", apiKeyed, scope("orders:read"), 403],
    ["scope, with a password", password, scope("orders:read"), 403],
    ["role", bearer, role("admin"), 403],
    ["permission", bearer, permission("p"), 403],
    ["claim", bearer, claim("tenant", () => true), 403],
    ["a login that a key cannot show", apiKeyed, fresh({ maxAge: 300 }), 403],
    ["a login that a client's token cannot show", bearer, fresh({ maxAge: 300 }), 403],
    ["a role before a login", loggedIn, allOf(fresh({ maxAge: 1 }), role("admin")), 403],
  ]);
});

describe("views offer only what they admit", () => {
  check(guard.only("basic"), [
    ["nobody", {}, undefined, 401, 'Basic realm="orders", charset="UTF-8"'],
    ["a token", bearer, undefined, 401, 'Basic realm="orders", charset="UTF-8"'],
    [
      "a malformed token",
      { authorization: "Bearer x" },
      undefined,
      401,
      'Basic realm="orders", charset="UTF-8"',
    ],
    ["a key", apiKeyed, undefined, 401, 'Basic realm="orders", charset="UTF-8"'],
  ]);
  check(guard.only("jwt"), [
    ["a wrong password", wrongPassword, undefined, 401, 'Bearer realm="orders"'],
    ["a malformed password", { authorization: "Basic =" }, undefined, 401, 'Bearer realm="orders"'],
  ]);
});

describe("the form of a challenge", () => {
  test("no realm: a bare scheme (RFC 9110 §11.6.1)", async () => {
    const plain = createGuard({ clock, schemes: [jwt(trust)] });
    expect(await answer(plain, {})).toEqual([401, "Bearer"]);
  });

  test("a realm with quotes and line breaks cannot break out", async () => {
    const odd = createGuard({ clock, realm: 'a"b\\c\r\nd', schemes: [jwt(trust)] });
    expect(await answer(odd, {})).toEqual([401, 'Bearer realm="a\\"b\\\\c??d"']);
  });

  test("two schemes that are sent as Bearer share one challenge", async () => {
    const two = createGuard({
      clock,
      schemes: [jwt(trust), { ...jwt(trust), name: "b", takes: [], bearer: "fallback" }],
    });
    expect(await answer(two, {})).toEqual([401, "Bearer"]);
  });

  test("a Bearer token that no scheme knows is explained as one, prefixed keys or not", async () => {
    const keys = createMemoryApiKeys([]);
    const prefixed = apiKey({ keys, from: [asBearer()], prefix: "orders" });
    for (const both of [
      [jwt(trust), prefixed],
      [prefixed, jwt(trust)],
    ]) {
      const mixed = createGuard({ clock, schemes: both });
      expect(await answer(mixed, { authorization: "Bearer opaque" })).toEqual([
        401,
        'Bearer error="invalid_token", error_description="The access token is malformed", ApiKey',
      ]);
    }
  });

  test("nothing that a caller sent is in it", async () => {
    const planted = "planted-by-the-caller";
    for (const token of [
      await sign(key, { aud: planted }),
      await sign(key, { iss: planted }),
      await sign(key, {}, { kid: planted }),
      await sign(key, {}, { alg: planted }),
      await sign(key, {}, { typ: planted }),
      planted,
    ]) {
      const verdict = await guard.check(requestOf({ authorization: `Bearer ${token}` }));
      if (verdict.kind === "accepted") throw new Error("accepted");
      expect(JSON.stringify(toAnswer(verdict))).not.toContain(planted);
    }
  });
});
