import { describe, expect, test } from "vitest";
import { createPrincipal, type Principal } from "../guard/principal.ts";
import { scopeMissing } from "../guard/refusals.ts";
import type { Requirement } from "../guard/requirement.ts";
import { ConfigurationError } from "../wire/configuration-error.ts";
import { claim } from "./claim.ts";
import { allOf, anyOf } from "./combine.ts";
import { fresh } from "./fresh.ts";
import { permission, role } from "./role.ts";
import { anyScope, scope } from "./scope.ts";

const now = 1_700_000_000;

function principal(facts: Partial<Principal> = {}): Principal {
  return createPrincipal({ scheme: "jwt", ...facts });
}

/** What a principal lacks, as the reason, or `undefined`. */
function lacks(requirement: Requirement, facts: Partial<Principal> = {}) {
  return requirement.test(principal(facts), now * 1000)?.refusal.reason;
}

type Row = [what: string, requirement: Requirement, facts: Partial<Principal>, lacks?: string];

function check(rows: Row[]) {
  for (const [what, requirement, facts, expected] of rows) {
    test(`${what}: ${expected ?? "met"}`, () => expect(lacks(requirement, facts)).toBe(expected));
  }
}

describe("scope and anyScope", () => {
  const held = { scopes: ["orders:read", "orders:write"] };
  check([
    ["one held", scope("orders:read"), held],
    ["both held", scope("orders:read", "orders:write"), held],
    ["one of two missing", scope("orders:read", "x"), held, "scope_missing"],
    ["none held", scope("x"), {}, "scope_missing"],
    ["a scope that contains the word", scope("read"), held, "scope_missing"],
    ["a longer scope", scope("orders:read:all"), held, "scope_missing"],
    ["another case", scope("Orders:Read"), held, "scope_missing"],
    ["two in one", scope("a"), { scopes: ["a b"] }, "scope_missing"],
    ["any of two", anyScope("x", "orders:read"), held],
    ["none of two", anyScope("x", "y"), held, "scope_missing"],
    ["a role of that name", scope("admin"), { roles: ["admin"] }, "scope_missing"],
  ]);

  test("say what would do", () => {
    const shortfall = scope("a", "b").test(principal({ scopes: ["c"] }), 0);
    expect(shortfall).toEqual({
      refusal: scopeMissing,
      demand: { scope: ["a", "b"] },
      details: { expected: "a b", found: "c" },
    });
    expect(anyScope("b", "c").test(principal({ scopes: ["c"] }), 0)).toBeUndefined();
    expect(scope("a").description).toEqual({ kind: "scope", scopes: ["a"] });
    expect(anyScope("a", "b").description).toEqual({ kind: "any-scope", scopes: ["a", "b"] });
  });
});

describe("role and permission", () => {
  const held = { roles: ["admin", "auditor"], permissions: ["p"] };
  check([
    ["a role held", role("admin"), held],
    ["two roles held", role("admin", "auditor"), held],
    ["one of two missing", role("admin", "x"), held, "role_missing"],
    ["a part of a role", role("adm"), held, "role_missing"],
    ["a permission of that name", role("p"), held, "role_missing"],
    ["a permission held", permission("p"), held],
    ["a permission missing", permission("p", "q"), held, "permission_missing"],
    ["a role of that name", permission("admin"), held, "permission_missing"],
  ]);

  test("describe themselves", () => {
    expect(role("a").description).toEqual({ kind: "role", roles: ["a"] });
    expect(permission("a").description).toEqual({ kind: "permission", permissions: ["a"] });
  });
});

describe("claim", () => {
  const yes = () => true;
  const claims = JSON.parse('{"tenant":"acme","nothing":null,"zero":0,"__proto__":{"admin":true}}');
  check([
    ["that passes", claim("tenant", (value) => value === "acme"), { claims }],
    ["that does not pass", claim("tenant", (value) => value === "x"), { claims }, "claim_missing"],
    ["absent", claim("absent", yes), { claims }, "claim_missing"],
    ["null is there", claim("nothing", (value) => value === null), { claims }],
    ["0 is there", claim("zero", (value) => value === 0), { claims }],
    [
      "a test that says something true",
      claim("tenant", (() => 1) as never),
      { claims },
      "claim_missing",
    ],
    ["a member called __proto__ is one", claim("__proto__", yes), { claims }],
    ["what that member holds is none", claim("admin", yes), { claims }, "claim_missing"],
    ...["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf"].map(
      (name): Row => [
        `${name} is not inherited`,
        claim(name, yes),
        { claims: {} },
        "claim_missing",
      ],
    ),
  ]);

  test("an absent claim is not put to the test", () => {
    let asked = 0;
    const test = () => {
      asked += 1;
      return true;
    };
    expect(lacks(claim("absent", test))).toBe("claim_missing");
    expect(asked).toBe(0);
    expect(lacks(claim("a", test), { claims: { a: 1 } })).toBeUndefined();
    expect(asked).toBe(1);
  });

  test("a test that breaks on the value is not passed", () => {
    const upper = (value: unknown) => (value as string).toUpperCase() === "ACME";
    expect(lacks(claim("tenant", upper), { claims: { tenant: "acme" } })).toBeUndefined();
    expect(lacks(claim("tenant", upper), { claims: { tenant: 5 } })).toBe("claim_missing");
  });

  test("describes itself", () => {
    expect(claim("a", yes).description).toEqual({ kind: "claim", claim: "a" });
  });

  test("its value is in no detail", () => {
    const shortfall = claim("a", () => false).test(principal({ claims: { a: "planted" } }), 0);
    expect(JSON.stringify(shortfall)).not.toContain("planted");
  });
});

describe("fresh (RFC 9470)", () => {
  const at = (authenticatedAt: number, acr?: unknown) => ({
    authenticatedAt,
    claims: acr === undefined ? {} : { acr },
  });
  const recent = fresh({ maxAge: 300 });
  const strong = fresh({ acr: ["phr", "phrh"] });
  check([
    ["now", recent, at(now)],
    ["just young enough", recent, at(now - 300)],
    ["too old", recent, at(now - 301), "authentication_too_old"],
    ["of the future, by a clock ahead", recent, at(now + 20)],
    ["no login at all", recent, {}, "login_impossible"],
    ["of no age", fresh({ maxAge: 0 }), at(now)],
    ["older than no age", fresh({ maxAge: 0 }), at(now - 1), "authentication_too_old"],
    ["strong enough", strong, at(0, "phrh")],
    ["too weak", strong, at(now, "pwd"), "authentication_too_weak"],
    ["of no strength", strong, at(now), "authentication_too_weak"],
    ["of a strength that is no string", strong, at(now, ["phr"]), "authentication_too_weak"],
    ["of a part of the strength", strong, at(now, "ph"), "authentication_too_weak"],
    ["no login, whatever the strength", strong, { claims: { acr: "phr" } }, "login_impossible"],
    ["old and weak", fresh({ maxAge: 1, acr: ["phr"] }), at(0, "pwd"), "authentication_too_old"],
    ["young and weak", fresh({ maxAge: 1, acr: ["phr"] }), at(now), "authentication_too_weak"],
    ["young and strong", fresh({ maxAge: 1, acr: ["phr"] }), at(now, "phr")],
  ]);

  test("says what would do", () => {
    const requirement = fresh({ maxAge: 300, acr: ["phr"] });
    expect(requirement.test(principal(at(0)), now * 1000)?.demand).toEqual({
      maxAge: 300,
      acrValues: ["phr"],
    });
    expect(requirement.description).toEqual({ kind: "fresh", maxAge: 300, acr: ["phr"] });
    const ofOne = [fresh({ maxAge: 300 }), fresh({ acr: ["phr"] })].map((each) => [
      each.test(principal(at(0)), now * 1000)?.demand,
      each.description,
    ]);
    expect(ofOne).toStrictEqual([
      [{ maxAge: 300 }, { kind: "fresh", maxAge: 300 }],
      [{ acrValues: ["phr"] }, { kind: "fresh", acr: ["phr"] }],
    ]);
  });
});

describe("allOf and anyOf", () => {
  const a = { scopes: ["a"], authenticatedAt: 0 };
  const stale = fresh({ maxAge: 300 });
  check([
    ["all met", allOf(scope("a"), fresh({ maxAge: now })), a],
    ["one not met", allOf(scope("a"), scope("b")), a, "scope_missing"],
    ["the first that is not met speaks", allOf(role("x"), scope("b")), a, "role_missing"],
    ["what is forbidden before what a login mends", allOf(stale, scope("b")), a, "scope_missing"],
    ["in whatever order", allOf(scope("b"), stale), a, "scope_missing"],
    ["and however deep", allOf(allOf(stale), allOf(role("x"))), a, "role_missing"],
    ["a login alone", allOf(scope("a"), stale), a, "authentication_too_old"],
    ["any met", anyOf(scope("b"), scope("a")), a],
    ["none met: the first speaks", anyOf(role("x"), scope("b")), a, "role_missing"],
    ["any within all", allOf(scope("a"), anyOf(role("x"), scope("a"))), a],
    ["all within any", anyOf(allOf(scope("a"), role("x")), scope("a")), a],
    ["nothing met within", anyOf(allOf(scope("a"), role("x")), role("y")), a, "role_missing"],
  ]);

  test("describe themselves", () => {
    expect(allOf(scope("a"), anyOf(role("b"))).description).toEqual({
      kind: "all-of",
      of: [
        { kind: "scope", scopes: ["a"] },
        { kind: "any-of", of: [{ kind: "role", roles: ["b"] }] },
      ],
    });
  });
});

describe("a shortfall says what was expected and what was found:", () => {
  const held = { roles: ["a", "b"], permissions: ["p", "q"], scopes: ["r", "s"] };
  const claims = { claims: { tenant: "acme", acr: "pwd" }, authenticatedAt: now - 400 };
  const rows: [Requirement, Partial<Principal>, expected: string, found: string][] = [
    [role("a", "c"), held, "a, c", "a, b"],
    [permission("p", "r"), held, "p, r", "p, q"],
    [scope("r", "t"), held, "r t", "r s"],
    [anyScope("t", "u"), held, "t u", "r s"],
    [claim("tenant", () => false), claims, 'claim "tenant" that passes its test', "string"],
    [claim("absent", () => true), claims, 'claim "absent" that passes its test', "undefined"],
    [fresh({ maxAge: 300 }), held, "a login", "a credential without one"],
    [fresh({ maxAge: 300 }), claims, "at most 300 s old", "400 s old"],
    [fresh({ acr: ["phr", "phrh"] }), claims, "phr phrh", "pwd"],
    [fresh({ acr: ["phr"] }), { authenticatedAt: now }, "phr", "undefined"],
  ];
  test.each(rows)("%j", (requirement, facts, expected, found) => {
    const shortfall = requirement.test(principal(facts), now * 1000);
    expect(shortfall?.details).toEqual({ expected, found });
  });
});

describe("what cannot be right: ConfigurationError", () => {
  const ofScopes = "at least one scope, each without white space, quotes or backslashes";
  const wrong: [what: string, make: () => unknown, message?: string][] = [
    ["no scope", () => scope(), ofScopes],
    ["an empty scope", () => scope("")],
    ["two scopes in one string", () => scope("a b")],
    ["a scope with a quote", () => scope('a"b')],
    ["a scope with a backslash", () => scope("a\\b")],
    ["a scope with a line break", () => scope("a\r\nb")],
    ["a quote first", () => scope('"a')],
    ["a good scope and a bad one", () => scope("a", "b c")],
    ["a scope beyond ASCII", () => scope("é")],
    ["no scope of any", () => anyScope()],
    ["no role", () => role(), 'role() needs at least one name: role("admin")'],
    ["an empty role", () => role("admin", "")],
    ["no permission", () => permission(), "permission() needs at least one name"],
    ["an empty permission", () => permission("")],
    ["nothing to be fresh", () => fresh({}), "fresh() needs maxAge, acr or both"],
    ["a negative age", () => fresh({ maxAge: -1 }), "maxAge is in seconds"],
    ["an age that is none", () => fresh({ maxAge: Number.NaN })],
    ["an endless age", () => fresh({ maxAge: Number.POSITIVE_INFINITY })],
    ["an age that is a string", () => fresh({ maxAge: "300" as never })],
    ["all of nothing", () => allOf(), 'allOf() needs at least one requirement: allOf(scope("a"))'],
    ["any of nothing", () => anyOf(), "anyOf() needs at least one"],
  ];
  for (const [what, make, message] of wrong) {
    test(what, () => {
      expect(make).toThrow(ConfigurationError);
      if (message !== undefined) expect(make).toThrow(message);
    });
  }
});
