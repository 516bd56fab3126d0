import { type } from "arktype";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { createGuard } from "../guard/create-guard.ts";
import { requestOf } from "../guard/request.fixture.ts";
import {
  bearing,
  endpointThat,
  goodAnswer,
  guardOf,
} from "../introspection/introspection.fixture.ts";
import { createMemoryRevocations } from "../state/revocations.ts";
import type { ClaimsSchema } from "./claims-schema.ts";
import { jwt } from "./jwt.ts";
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

const request = (token: string) => requestOf({ authorization: `Bearer ${token}` });
const guardWith = (claims: ClaimsSchema) =>
  createGuard({ schemes: [jwt({ ...trust, claims })], clock });
const verdictOn = async (claims: ClaimsSchema, token: object) =>
  guardWith(claims).check(request(await sign(key, token)));

const schemas: Record<string, ClaimsSchema<{ tenant: string; seats: number }>> = {
  zod: z.object({ tenant: z.string().min(1), seats: z.coerce.number().default(1) }),
  valibot: v.object({
    tenant: v.pipe(v.string(), v.minLength(1)),
    seats: v.optional(
      v.pipe(
        v.union([v.number(), v.string()]),
        v.transform((seats) => Number(seats)),
      ),
      1,
    ),
  }),
  arktype: type({
    tenant: "string > 0",
    "seats?": type("string.numeric.parse | number"),
  }).pipe(({ tenant, seats = 1 }) => ({ tenant, seats })),
};

describe.each(Object.entries(schemas))("a schema of %s", (_library, claims) => {
  test("gives the principal its claims", async () => {
    const verdict = await verdictOn(claims, { tenant: "acme", seats: "7", scope: "a" });
    expect(verdict).toMatchObject({
      kind: "accepted",
      principal: { subject: "ada", issuer, expiresAt: now + 300, scopes: ["a"] },
    });
    expect(verdict.kind === "accepted" && verdict.principal.claims).toEqual({
      tenant: "acme",
      seats: 7,
    });
  });

  test("fills in what is absent", async () => {
    const verdict = await verdictOn(claims, { tenant: "acme" });
    expect(verdict).toMatchObject({ principal: { claims: { tenant: "acme", seats: 1 } } });
  });

  for (const [what, token] of [
    ["absent", {}],
    ["of another kind", { tenant: ["planted"] }],
    ["empty", { tenant: "" }],
  ] as const) {
    test(`refuses a token whose tenant is ${what}, and says only where it fails`, async () => {
      const verdict = await verdictOn(claims, token);
      expect(verdict).toMatchObject({
        kind: "rejected",
        reason: "claims_mismatch",
        status: 401,
        error: "invalid_token",
        details: { found: expect.stringContaining("tenant") },
      });
      expect(JSON.stringify(verdict)).not.toContain("planted");
    });
  }

  test("works on introspected tokens, from the endpoint and from memory", async () => {
    const { fetch, questions } = endpointThat({ ...goodAnswer, tenant: "acme" });
    const guard = guardOf(fetch, { claims });
    for (const _ of [1, 2]) {
      const verdict = await guard.check(bearing("opaque"));
      expect(verdict).toMatchObject({ principal: { claims: { tenant: "acme", seats: 1 } } });
    }
    expect(questions.length).toBe(1);
    const other = guardOf(endpointThat(goodAnswer).fetch, { claims });
    expect(await other.check(bearing("opaque"))).toMatchObject({ reason: "claims_mismatch" });
  });

  test("gives claims that no handler can change", async () => {
    const verdict = await verdictOn(claims, { tenant: "acme" });
    if (verdict.kind !== "accepted") throw new Error(verdict.reason);
    const { claims: given } = verdict.principal;
    expect(() => Object.assign(given, { tenant: "x" })).toThrow(TypeError);
  });
});

/** A schema by hand, which notes what it saw. */
function schemaThat(validate: (value: unknown) => unknown) {
  const seen: unknown[] = [];
  const schema = {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: (value: unknown) => {
        seen.push(value);
        return validate(value);
      },
    },
  } as ClaimsSchema;
  return { schema, seen };
}

describe("any schema", () => {
  test("may take its time", async () => {
    const claims = z.object({ tenant: z.string().refine(async (name) => name === "acme") });
    expect(await verdictOn(claims, { tenant: "acme" })).toMatchObject({ kind: "accepted" });
    expect(await verdictOn(claims, { tenant: "evil" })).toMatchObject({
      reason: "claims_mismatch",
    });
  });

  test("may give a promise of another kind", async () => {
    for (const [result, expected] of [
      [{ value: { tenant: "acme" } }, { principal: { claims: { tenant: "acme" } } }],
      [{ issues: [{ message: "no" }] }, { reason: "claims_mismatch" }],
    ]) {
      const then = (resolve: (result: unknown) => void) => resolve(result);
      const { schema } = schemaThat(() => ({ then }));
      expect(await verdictOn(schema, {})).toMatchObject(expected ?? {});
    }
  });

  test("runs after every other check, the revocations too", async () => {
    const { schema, seen } = schemaThat((value) => ({ value }));
    const revocations = createMemoryRevocations({ clock });
    const guard = createGuard({ schemes: [jwt({ ...trust, claims: schema, revocations })], clock });
    const foreign = await makeKey("ES256", "k1");
    await revocations.revoke(`jti:${JSON.stringify([issuer, "r"])}`, now + 999);
    for (const token of [
      await sign(foreign),
      await sign(key, { exp: now - 100 }),
      await sign(key, { aud: "https://other.example" }),
      await sign(key, { sub: 7 }),
      await sign(key, { jti: "r" }),
      await sign(key, { cnf: { jkt: "x" } }),
    ]) {
      expect(await guard.check(request(token))).toMatchObject({ kind: "rejected" });
    }
    expect(seen).toEqual([]);
    await guard.check(request(await sign(key)));
    expect(seen.length).toBe(1);
  });

  test("sees the claims, and cannot change what the rest goes by", async () => {
    const seen: unknown[] = [];
    const { schema } = schemaThat((value) => {
      seen.push(structuredClone(value));
      return { value: Object.assign(value as object, { sub: "eve", scope: "all", exp: 9e9 }) };
    });
    const verdict = await verdictOn(schema, { scope: "orders:read" });
    expect(seen.at(-1)).toMatchObject({ sub: "ada", scope: "orders:read" });
    expect(verdict).toMatchObject({
      principal: { subject: "ada", scopes: ["orders:read"], expiresAt: now + 300 },
    });
  });

  const bad: [what: string, result: unknown][] = [
    ["issues", { issues: [{ message: "no" }] }],
    ["issues, and a value all the same", { issues: [{ message: "no" }], value: {} }],
    ["an empty list of issues (it is a failure all the same)", { issues: [] }],
    ["neither", {}],
    ["no object for a value", { value: "text" }],
    ["null for a value", { value: null }],
  ];
  for (const [what, result] of bad) {
    test(`that gives ${what} refuses`, async () => {
      const { schema } = schemaThat(() => result);
      expect(await verdictOn(schema, {})).toMatchObject({
        reason: "claims_mismatch",
        details: { expected: "claims as the schema has them", found: "others at the top" },
      });
    });
  }

  test("that throws lets nobody in", async () => {
    for (const validate of [
      () => {
        throw new Error("bug");
      },
      async () => {
        throw new Error("bug");
      },
    ]) {
      const { schema } = schemaThat(validate);
      expect(await verdictOn(schema, {})).toMatchObject({ kind: "unavailable" });
    }
  });

  test("may give what cannot be frozen, cycles and shared values too", async () => {
    const cycle: { self?: object } = {};
    cycle.self = cycle;
    const value = { bytes: new Uint8Array([1]), at: new Date(0), map: new Map(), cycle };
    const { schema } = schemaThat(() => ({ value }));
    for (const _ of [1, 2]) {
      expect(await verdictOn(schema, {})).toMatchObject({ principal: { claims: value } });
    }
  });

  test("sees claims that nest as deeply as a token can hold, and __proto__ as one of them", async () => {
    const { schema, seen } = schemaThat((value) => ({ value }));
    const verdict = await verdictOn(schema, JSON.parse('{"__proto__":{"a":[1]}}'));
    expect(verdict).toMatchObject({ kind: "accepted", principal: { subject: "ada" } });
    expect(Object.entries(seen[0] as object)).toContainEqual(["__proto__", { a: [1] }]);
    const deep = `"deep":${"[".repeat(5700)}${"]".repeat(5700)}`;
    const payload = `${JSON.stringify(goodClaims).slice(0, -1)},${deep}}`;
    const token = await signRaw(key, { alg: "ES256" }, payload);
    expect(await guardWith(schema).check(request(token))).toMatchObject({ kind: "accepted" });
  });

  test("names the places that fail, however they are written", async () => {
    const path = ["orders", { key: 0 }, "id"];
    const { schema } = schemaThat(() => ({
      issues: [{ message: "planted", path }, { message: "planted" }, { message: "", path: ["a"] }],
    }));
    const verdict = await verdictOn(schema, {});
    expect(verdict).toMatchObject({ details: { found: "others at orders.0.id, a" } });
    expect(JSON.stringify(verdict)).not.toContain("planted");
  });

  test("that changes remembered claims changes them for itself alone", async () => {
    const { schema, seen } = schemaThat((value) => ({
      value: Object.assign(value as object, {
        count: Number(Reflect.get(value as object, "count")) + 1,
      }),
    }));
    const guard = guardOf(endpointThat({ ...goodAnswer, count: 0 }).fetch, { claims: schema });
    for (const _ of [1, 2]) {
      const verdict = await guard.check(bearing("opaque"));
      expect(verdict).toMatchObject({ principal: { claims: { count: 1 } } });
    }
    expect(seen.length).toBe(2);
  });

  test("must be one", () => {
    for (const claims of [{}, { "~standard": {} }, () => {}, null]) {
      expect(() => guardWith(claims as never)).toThrow("Standard Schema");
    }
  });
});
