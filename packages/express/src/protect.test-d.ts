import { apiKey, createGuard, createMemoryApiKeys, jwt, scope } from "@countersign/core";
import express from "express";
import { expectTypeOf, test } from "vitest";
import { getPrincipal, protect } from "./protect.ts";

const guard = createGuard({
  schemes: [
    jwt({ issuer: "https://id.example.com", audience: "https://api.example.com" }),
    apiKey({ keys: createMemoryApiKeys([]) }),
  ],
});
const app = express();

test("the principal's type follows from the guard, and from the view that is asked", () => {
  app.get("/orders", protect(guard, scope("orders:read")), (request) => {
    const principal = getPrincipal(guard, request);
    expectTypeOf(principal.scheme).toEqualTypeOf<"jwt" | "api-key">();
    if (principal.scheme === "jwt") expectTypeOf(principal.claims.exp).toEqualTypeOf<number>();
    if (principal.scheme === "api-key") {
      expectTypeOf(principal.claims.keyId).toEqualTypeOf<string>();
    }
    expectTypeOf(getPrincipal(guard.only("jwt"), request).scheme).toEqualTypeOf<"jwt">();
    const anyone = getPrincipal(guard.optional(), request);
    expectTypeOf<undefined>().toExtend<typeof anyone>();
    // @ts-expect-error: nobody may have called
    expectTypeOf(anyone.scheme).toBeString();
  });
});

test("the types of a route stay as they are", () => {
  app.get("/orders/:id", protect(guard), (request) => {
    expectTypeOf(request.params).toEqualTypeOf<{ id: string }>();
    // @ts-expect-error: the path has no such parameter
    expectTypeOf(request.params.name).toBeString();
    expectTypeOf(getPrincipal(guard, request).scheme).toEqualTypeOf<"jwt" | "api-key">();
  });
  app.use(protect(guard));
  express.Router().use("/orders", protect(guard.only("jwt")), protect(guard, scope("a")));
});
