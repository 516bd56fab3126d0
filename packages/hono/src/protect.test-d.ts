import { apiKey, createGuard, createMemoryApiKeys, jwt, scope } from "@countersign/core";
import { Hono } from "hono";
import { expectTypeOf, test } from "vitest";
import { getPrincipal, protect } from "./protect.ts";

const guard = createGuard({
  schemes: [
    jwt({ issuer: "https://id.example.com", audience: "https://api.example.com" }),
    apiKey({ keys: createMemoryApiKeys([]) }),
  ],
});
const app = new Hono();

test("the principal's type follows from the guard, and from the view that is asked", () => {
  app.get("/orders", protect(guard, scope("orders:read")), (context) => {
    const principal = getPrincipal(guard, context);
    expectTypeOf(principal.scheme).toEqualTypeOf<"jwt" | "api-key">();
    if (principal.scheme === "jwt") expectTypeOf(principal.claims.exp).toEqualTypeOf<number>();
    if (principal.scheme === "api-key") {
      expectTypeOf(principal.claims.keyId).toEqualTypeOf<string>();
    }
    expectTypeOf(getPrincipal(guard.only("jwt"), context).scheme).toEqualTypeOf<"jwt">();
    const anyone = getPrincipal(guard.optional(), context);
    expectTypeOf<undefined>().toExtend<typeof anyone>();
    // @ts-expect-error: nobody may have called
    expectTypeOf(anyone.scheme).toBeString();
    return context.body(null);
  });
});

test("the types of a route stay as they are", () => {
  app.get("/orders/:id", protect(guard), (context) => {
    expectTypeOf(context.req.param("id")).toEqualTypeOf<string>();
    // @ts-expect-error: the path has no such parameter
    expectTypeOf(context.req.param("name")).toEqualTypeOf<string>();
    return context.text(getPrincipal(guard, context).scheme);
  });
  interface Env {
    Bindings: { REGION: string };
    Variables: { started: number };
  }
  new Hono<Env>().use(protect(guard)).get("/a/:b", protect(guard.only("jwt")), (context) => {
    expectTypeOf(context.env.REGION).toEqualTypeOf<string>();
    expectTypeOf(context.get("started")).toEqualTypeOf<number>();
    expectTypeOf(getPrincipal(guard, context).scheme).toEqualTypeOf<"jwt" | "api-key">();
    return context.text(context.req.param("b"));
  });
});
