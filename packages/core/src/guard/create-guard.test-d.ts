import { expectTypeOf, test } from "vitest";
import { apiKey } from "../api-key/api-key.ts";
import { inHeader } from "../api-key/place.ts";
import { basic } from "../basic/basic.ts";
import { createMemoryApiKeys } from "../state/memory-api-keys.ts";
import { jwt } from "../token/jwt.ts";
import { createGuard } from "./create-guard.ts";
import type { Guard } from "./guard.ts";
import type { Principal } from "./principal.ts";

const keys = createMemoryApiKeys([]);
const guard = createGuard({
  schemes: [
    jwt({ issuer: "https://id.example.com", audience: "https://api.example.com" }),
    apiKey({ keys }),
    apiKey({ keys, name: "partner-key", from: [inHeader("x-partner")] }),
    basic({ users: { find: () => undefined }, passwords: { verify: () => false } }),
  ],
});
type In<G> = G extends Guard<infer P> ? P : never;

test("the principal's type follows from the guard's schemes", () => {
  type P = In<typeof guard>;
  expectTypeOf<P["scheme"]>().toEqualTypeOf<"jwt" | "api-key" | "partner-key" | "basic">();
  const tell = (principal: P) => {
    if (principal.scheme === "jwt") expectTypeOf(principal.claims.exp).toEqualTypeOf<number>();
    if (principal.scheme === "partner-key") {
      expectTypeOf(principal.claims.keyId).toEqualTypeOf<string>();
      expectTypeOf(principal.subject).toEqualTypeOf<string>();
    }
  };
  expectTypeOf(tell).toBeFunction();
});

test("views narrow the type and optional adds undefined", () => {
  const jwtOnly = guard.only("jwt");
  expectTypeOf<In<typeof jwtOnly>["scheme"]>().toEqualTypeOf<"jwt">();
  const optional = guard.optional();
  expectTypeOf<undefined>().toExtend<In<typeof optional>>();
  const both = guard.optional().only("basic");
  expectTypeOf<undefined>().toExtend<In<typeof both>>();
  expectTypeOf<NonNullable<In<typeof both>>["scheme"]>().toEqualTypeOf<"basic">();
  // @ts-expect-error: this guard has no such scheme
  expectTypeOf(() => guard.only("digest")).toBeFunction();
});

test("any guard is a Guard of principals", () => {
  expectTypeOf(guard).toExtend<Guard<Principal>>();
  expectTypeOf(guard).toExtend<Guard<Principal | undefined>>();
});

test("a forgotten audience is a compile error", () => {
  // @ts-expect-error: audience must be given
  expectTypeOf(() => jwt({ issuer: "https://id.example.com" })).toBeFunction();
  // @ts-expect-error: null opts out of the audience only with a client
  expectTypeOf(() => jwt({ issuer: "https://id.example.com", audience: null })).toBeFunction();
  expectTypeOf(() =>
    jwt({ issuer: "https://id.example.com", audience: null, clientId: "web" }),
  ).toBeFunction();
});
