import { type } from "arktype";
import * as v from "valibot";
import { expectTypeOf, test } from "vitest";
import { z } from "zod";
import { createGuard } from "../guard/create-guard.ts";
import type { Guard } from "../guard/guard.ts";
import { type IntrospectionClaims, introspection } from "../introspection/introspection.ts";
import { type JwtClaims, jwt } from "./jwt.ts";
import { auth0, cognito, keycloak } from "./presets.ts";

type In<G> = G extends Guard<infer P> ? P : never;
const trust = { issuer: "https://id.example.com", audience: "https://api.example.com" };
const client = { clientId: "api", clientSecret: "secret" };

test("claims have the type of the schema's output: zod", () => {
  const claims = z.object({ tenant: z.string(), seats: z.coerce.number() });
  const guard = createGuard({ schemes: [jwt({ ...trust, claims })] });
  expectTypeOf<In<typeof guard>["claims"]>().toEqualTypeOf<{ tenant: string; seats: number }>();
  expectTypeOf<In<typeof guard>["scheme"]>().toEqualTypeOf<"jwt">();
  expectTypeOf<In<typeof guard>["issuer"]>().toEqualTypeOf<string>();
});

test("claims have the type of the schema's output: valibot", () => {
  const claims = v.object({
    tenant: v.string(),
    since: v.pipe(
      v.string(),
      v.transform((text) => new Date(text)),
    ),
  });
  const guard = createGuard({ schemes: [jwt({ ...trust, claims, name: "staff" })] });
  expectTypeOf<In<typeof guard>["claims"]>().toEqualTypeOf<{ tenant: string; since: Date }>();
  expectTypeOf<In<typeof guard>["scheme"]>().toEqualTypeOf<"staff">();
});

test("claims have the type of the schema's output: arktype", () => {
  const claims = type({ tenant: "string", "seats?": "string.numeric.parse" });
  const guard = createGuard({ schemes: [jwt({ ...trust, claims })] });
  expectTypeOf<In<typeof guard>["claims"]>().toEqualTypeOf<{ tenant: string; seats?: number }>();
});

test("schemes of one guard have claims of their own", () => {
  const guard = createGuard({
    schemes: [
      jwt({ ...trust, claims: z.object({ tenant: z.string() }) }),
      introspection({ ...trust, ...client, claims: v.object({ plan: v.string() }) }),
      introspection({ ...trust, ...client, name: "partner" }),
    ],
  });
  const tell = (principal: In<typeof guard>) => {
    if (principal.scheme === "jwt") {
      expectTypeOf(principal.claims).toEqualTypeOf<{ tenant: string }>();
    }
    if (principal.scheme === "introspection") {
      expectTypeOf(principal.claims).toEqualTypeOf<{ plan: string }>();
      expectTypeOf(principal.expiresAt).toEqualTypeOf<number | undefined>();
    }
    if (principal.scheme === "partner") {
      expectTypeOf(principal.claims).toEqualTypeOf<IntrospectionClaims>();
    }
  };
  expectTypeOf(tell).toBeFunction();
});

test("without a schema they are what every token has", () => {
  const guard = createGuard({ schemes: [jwt(trust)] });
  expectTypeOf<In<typeof guard>["claims"]>().toEqualTypeOf<JwtClaims>();
});

test("a schema of anything but an object, or no schema at all, is a compile error", () => {
  // @ts-expect-error: claims are an object
  expectTypeOf(() => jwt({ ...trust, claims: z.string() })).toBeFunction();
  // @ts-expect-error: this is no Standard Schema
  expectTypeOf(() => jwt({ ...trust, claims: { tenant: "string" } })).toBeFunction();
});

test("presets are spread into the options, and keep what must be said a must", () => {
  expectTypeOf(() => jwt({ ...trust, ...keycloak({ client: "orders" }) })).toBeFunction();
  expectTypeOf(() => jwt({ ...trust, profile: "rfc9068", ...auth0() })).toBeFunction();
  const issuer = "https://cognito-idp.us-west-2.amazonaws.com/us-west-2_example";
  expectTypeOf(() => jwt({ issuer, ...cognito({ clientId: "app" }) })).toBeFunction();
  // @ts-expect-error: audience must be given
  expectTypeOf(() => jwt({ issuer, ...keycloak() })).toBeFunction();
  // @ts-expect-error: Cognito's app client must be given
  expectTypeOf(() => jwt({ issuer, ...cognito({}) })).toBeFunction();
});

test("introspection, too, must be told whom tokens are for, and who asks whom", () => {
  const { issuer, audience } = trust;
  // @ts-expect-error: audience must be given
  expectTypeOf(() => introspection({ issuer, ...client })).toBeFunction();
  // @ts-expect-error: without an audience, the clients must be given
  expectTypeOf(() => introspection({ issuer, ...client, audience: null })).toBeFunction();
  // @ts-expect-error: neither issuer nor endpoint
  expectTypeOf(() => introspection({ ...client, audience })).toBeFunction();
  const endpoint = "https://id.example.com/introspect";
  expectTypeOf(() => introspection({ endpoint, ...client, audience })).toBeFunction();
  // @ts-expect-error: signed answers are an issuer's
  expectTypeOf(() => introspection({ endpoint, ...client, audience, signed: true })).toBeFunction();
});
