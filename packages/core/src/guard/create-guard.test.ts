import { describe, expect, test } from "vitest";
import { apiKey } from "../api-key/api-key.ts";
import { asBearer } from "../api-key/place.ts";
import { basic } from "../basic/basic.ts";
import { role } from "../requirement/role.ts";
import { scope } from "../requirement/scope.ts";
import { createMemoryApiKeys } from "../state/memory-api-keys.ts";
import { jwt } from "../token/jwt.ts";
import { audience, clock, issuer, makeKey, sign } from "../token/signing.fixture.ts";
import { ConfigurationError } from "../wire/configuration-error.ts";
import { sha256 } from "../wire/sha256.ts";
import { createGuard } from "./create-guard.ts";
import type { Guard } from "./guard.ts";
import { createPrincipal, type Principal } from "./principal.ts";
import { requestOf } from "./request.fixture.ts";
import type { Requirement } from "./requirement.ts";
import type { Scheme } from "./scheme.ts";
import { accepted } from "./verdict.ts";

const key = await makeKey("ES256", "k1");
const secretKey = "0123456789abcdef0123456789abcdef";
const keys = createMemoryApiKeys([
  { id: "k", hash: await sha256(secretKey), subject: "billing", scopes: ["orders:read"] },
]);
const users = {
  find: (name: string) =>
    name === "ada" ? { subject: "ada", passwordHash: "hash", roles: ["admin"] } : undefined,
};
const passwords = {
  verify: (hash: string | undefined, given: string) => hash === "hash" && given === "pw",
};
const trust = { issuer, audience, jwks: { keys: [key.jwk] } };
const guard = createGuard({
  clock,
  schemes: [jwt(trust), apiKey({ keys }), basic({ users, passwords })],
});

const token = await sign(key, { scope: "orders:read" });
const forged = await sign(await makeKey("ES256", "k1"));
const bearer = { authorization: `Bearer ${token}` };
const apiKeyed = { "x-api-key": secretKey };
const password = { authorization: `Basic ${btoa("ada:pw")}` };
const wrongPassword = { authorization: `Basic ${btoa("ada:no")}` };

async function outcome(
  by: Guard<Principal | undefined>,
  headers: Record<string, string>,
  needs?: Requirement,
): Promise<string> {
  const verdict = await by.check(requestOf(headers), needs);
  if (verdict.kind !== "accepted") return verdict.reason;
  return verdict.principal?.scheme ?? "nobody";
}

describe("a guard", () => {
  test("takes each of its schemes", async () => {
    expect(await outcome(guard, bearer)).toBe("jwt");
    expect(await outcome(guard, apiKeyed)).toBe("api-key");
    expect(await outcome(guard, password)).toBe("basic");
  });

  test("refuses who has no credential", async () => {
    expect(await outcome(guard, {})).toBe("credential_missing");
  });

  test("takes one scheme's credential under no other (CVE-2026-47673)", async () => {
    expect(await outcome(guard, { authorization: `Basic ${token}` })).toBe("password_invalid");
    expect(await outcome(guard, { authorization: `ApiKey ${token}` })).toBe("api_key_invalid");
    expect(await outcome(guard, { "x-api-key": token })).toBe("api_key_invalid");
    expect(await outcome(guard, { authorization: `Bearer ${secretKey}` })).toBe("token_malformed");
    expect(await outcome(guard, { authorization: `Bearer ${btoa("ada:pw")}` })).toBe(
      "token_malformed",
    );
    expect(await outcome(guard, { authorization: `Basic ${secretKey}` })).toBe("password_invalid");
  });

  test("answers at once when nothing needs waiting", () => {
    expect(guard.check(requestOf())).toMatchObject({ kind: "rejected" });
    expect(guard.optional().check(requestOf())).toMatchObject({ kind: "accepted" });
    expect(guard.check(requestOf({ authorization: "=" }))).toMatchObject({ kind: "rejected" });
    const malformed = guard.check(requestOf({ authorization: "Bearer eyJ.x.y" }));
    expect(malformed).toMatchObject({ kind: "rejected", reason: "token_malformed" });
  });

  test("cannot be changed", () => {
    expect(() => Object.assign(guard, { check: () => accepted(undefined) })).toThrow(TypeError);
    expect(() => Object.assign(guard.policy, { realm: "x" })).toThrow(TypeError);
    expect(() => Object.assign(guard.admitted[0] as object, { find: undefined })).toThrow(
      TypeError,
    );
  });

  test("does not notice when the array of its schemes is changed", async () => {
    const schemes: Scheme[] = [jwt(trust)];
    const own = createGuard({ clock, schemes });
    schemes[0] = apiKey({ keys });
    schemes.push(basic({ users, passwords }));
    expect((await own.check(requestOf(bearer))).kind).toBe("accepted");
    expect(await own.check(requestOf(apiKeyed))).toMatchObject({ reason: "credential_missing" });
  });
});

describe("requirements", () => {
  const rows: [
    what: string,
    headers: Record<string, string>,
    needs: Requirement,
    expected: string,
  ][] = [
    ["met by a token", bearer, scope("orders:read"), "jwt"],
    ["met by a key", apiKeyed, scope("orders:read"), "api-key"],
    ["met by a user", password, role("admin"), "basic"],
    ["not met by a token", bearer, scope("orders:write"), "scope_missing"],
    ["not met by a longer scope", bearer, scope("orders"), "scope_missing"],
    ["not met by a user", password, scope("orders:read"), "scope_missing"],
    ["not reached by nobody", {}, scope("orders:read"), "credential_missing"],
    ["not reached by a wrong password", wrongPassword, role("admin"), "password_invalid"],
  ];
  for (const [what, headers, needs, expected] of rows) {
    test(`${what}: ${expected}`, async () => {
      expect(await outcome(guard, headers, needs)).toBe(expected);
    });
  }
});

describe("only()", () => {
  const view = guard.only("jwt", "basic");

  test("admits those schemes alone", async () => {
    expect(await outcome(view, bearer)).toBe("jwt");
    expect(await outcome(view, password)).toBe("basic");
    expect(await outcome(view, apiKeyed)).toBe("scheme_not_admitted");
    expect(await outcome(view, {})).toBe("credential_missing");
    expect(view.admitted.map(({ name }) => name)).toEqual(["jwt", "basic"]);
  });

  test("still sees the credentials of the others, as conflicts", async () => {
    expect(await outcome(view, { ...bearer, ...apiKeyed })).toBe("credential_conflict");
  });

  test("narrows further, and shares its policy", async () => {
    const narrow = view.only("basic");
    expect(await outcome(narrow, bearer)).toBe("scheme_not_admitted");
    expect(await outcome(narrow, password)).toBe("basic");
    expect(narrow.policy).toBe(guard.policy);
  });

  const wrong: [what: string, names: string[]][] = [
    ["no names", []],
    ["an unknown name", ["digest"]],
    ["an unknown name among known ones", ["jwt", "digest"]],
    ["a name that the view does not admit", ["api-key"]],
    ["an inherited name", ["constructor"]],
  ];
  for (const [what, names] of wrong) {
    test(`${what}: ConfigurationError`, () => {
      expect(() => view.only(...(names as "jwt"[]))).toThrow(ConfigurationError);
      expect(() => view.only(...(names as "jwt"[]))).toThrow("names of this guard's schemes");
    });
  }
});

describe("optional()", () => {
  const view = guard.optional();
  const rows: [what: string, headers: Record<string, string>, expected: string][] = [
    ["nobody is let in", {}, "nobody"],
    ["a good credential too", bearer, "jwt"],
    ["but no bad token", { authorization: `Bearer ${forged}` }, "signature_invalid"],
    ["nor a malformed one", { authorization: "Bearer x" }, "token_malformed"],
    ["nor a wrong password", wrongPassword, "password_invalid"],
    ["nor a wrong key", { "x-api-key": "nope" }, "api_key_invalid"],
    ["nor an empty key", { "x-api-key": "" }, "api_key_invalid"],
    ["nor two credentials", { ...bearer, ...apiKeyed }, "credential_conflict"],
    ["nor a scheme that nobody takes", { authorization: "Digest a=b" }, "scheme_not_admitted"],
    ["nor a field that cannot be read", { authorization: "=" }, "credential_malformed"],
    ["nor an empty field", { authorization: "" }, "credential_malformed"],
  ];
  for (const [what, headers, expected] of rows) {
    test(`${what}: ${expected}`, async () => expect(await outcome(view, headers)).toBe(expected));
  }

  test("nor a credential of a scheme that the view does not admit", async () => {
    for (const narrow of [view.only("basic"), guard.only("basic").optional()]) {
      expect(await outcome(narrow, bearer)).toBe("scheme_not_admitted");
      expect(await outcome(narrow, {})).toBe("nobody");
      expect(narrow.isOptional).toBe(true);
    }
  });

  test("with a requirement, nobody does not meet it", async () => {
    expect(await outcome(view, {}, scope("a"))).toBe("credential_missing");
  });

  test("leaves the guard as it was", async () => {
    expect(guard.isOptional).toBe(false);
    expect(await outcome(guard, {})).toBe("credential_missing");
  });
});

describe("a store that cannot answer is neither a no nor a yes", () => {
  const cause = new Error("connection refused");
  const stores: [how: string, find: () => never | Promise<never>][] = [
    [
      "throws",
      () => {
        throw cause;
      },
    ],
    ["rejects", () => Promise.reject(cause)],
  ];
  for (const [how, find] of stores) {
    const down = createGuard({
      schemes: [apiKey({ keys: { find } }), basic({ users: { find }, passwords })],
    });
    test(`a store that ${how}`, async () => {
      for (const headers of [apiKeyed, password]) {
        for (const view of [down, down.optional()]) {
          expect(await view.check(requestOf(headers))).toMatchObject({
            kind: "unavailable",
            reason: "store_unavailable",
            cause,
          });
        }
      }
    });

    test(`a scheme of one's own that ${how}`, async () => {
      const own: Scheme = {
        name: "own",
        takes: [],
        find: () => ({ location: "own", verify: find }),
        challenges: () => [],
        describe: () => [],
      };
      const verdict = await createGuard({ schemes: [own] }).check(requestOf());
      expect(verdict).toMatchObject({ kind: "unavailable", cause });
    });
  }

  test("but a ConfigurationError is for the programmer", async () => {
    for (const find of [
      () => {
        throw new ConfigurationError("fix me");
      },
      () => Promise.reject(new ConfigurationError("fix me")),
    ]) {
      const wrong = createGuard({ schemes: [apiKey({ keys: { find } })] });
      await expect(async () => wrong.check(requestOf(apiKeyed))).rejects.toThrow("fix me");
    }
  });

  test("an issuer that is down", async () => {
    const schemes = [jwt({ ...trust, jwks: () => Promise.reject(cause) })];
    const verdict = await createGuard({ clock, schemes }).check(requestOf(bearer));
    expect(verdict).toMatchObject({ kind: "unavailable", reason: "keys_unavailable", cause });
  });
});

describe("options", () => {
  const token = jwt(trust);
  const bearerKeys = (name: string, prefix?: string) =>
    apiKey({ keys, name, from: [asBearer()], ...(prefix && { prefix }) });
  const wrong: [what: string, options: object, message: RegExp][] = [
    ["no schemes", { schemes: [] }, /needs a scheme/],
    ["two schemes of one name", { schemes: [token, token] }, /"jwt"/],
    ["two schemes for JWTs", { schemes: [token, jwt({ ...trust, name: "b" })] }, /issuers/],
    ["two fallbacks", { schemes: [bearerKeys("a"), bearerKeys("b")] }, /no other scheme knows/],
    ["publicUrl over http", { schemes: [token], publicUrl: "http://api.example.com" }, /https/],
    ["a relative publicUrl", { schemes: [token], publicUrl: "/api" }, /publicUrl/],
    [
      "publicUrl on a name like a loopback address",
      { schemes: [token], publicUrl: "http://127.example.com" },
      /https/,
    ],
  ];
  for (const [what, options, message] of wrong) {
    test(`${what}: ConfigurationError`, () => {
      const make = () => createGuard(options as { schemes: Scheme[] });
      expect(make).toThrow(expect.objectContaining({ name: "ConfigurationError" }));
      expect(make).toThrow(message);
    });
  }

  const fine: [what: string, options: object][] = [
    [
      "several prefixes and a fallback",
      { schemes: [bearerKeys("a", "a"), bearerKeys("b", "b"), bearerKeys("c")] },
    ],
    ["publicUrl over https", { schemes: [token], publicUrl: "https://api.example.com/v1" }],
    ["publicUrl on loopback", { schemes: [token], publicUrl: "http://127.0.0.1:8080" }],
    ["publicUrl as a URL", { schemes: [token], publicUrl: new URL("https://api.example.com") }],
  ];
  for (const [what, options] of fine) {
    test(what, () => {
      expect(() => createGuard(options as { schemes: Scheme[] })).not.toThrow();
    });
  }
});

test("a principal is whole and frozen, and no copy of its parts", () => {
  const scopes = ["a"];
  const principal = createPrincipal({ scheme: "own", scopes });
  scopes.push("b");
  expect(principal).toEqual({
    scheme: "own",
    subject: undefined,
    clientId: undefined,
    issuer: undefined,
    scopes: ["a"],
    roles: [],
    permissions: [],
    claims: {},
    expiresAt: undefined,
    authenticatedAt: undefined,
  });
  expect(() => (principal.scopes as string[]).push("c")).toThrow(TypeError);
  expect(() => Object.assign(principal, { subject: "eve" })).toThrow(TypeError);
  expect(() => Object.assign(principal.claims, { sub: "eve" })).toThrow(TypeError);
});
