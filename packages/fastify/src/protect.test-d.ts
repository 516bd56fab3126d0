import { apiKey, createGuard, createMemoryApiKeys, jwt, scope } from "@countersign/core";
import fastify from "fastify";
import { expectTypeOf, test } from "vitest";
import { getPrincipal, protect } from "./protect.ts";

const guard = createGuard({
  schemes: [
    jwt({ issuer: "https://id.example.com", audience: "https://api.example.com" }),
    apiKey({ keys: createMemoryApiKeys([]) }),
  ],
});

test("the principal's type follows from the guard, and from the view that is asked", () => {
  const app = fastify();
  app.get("/orders", { onRequest: protect(guard, scope("orders:read")) }, (request) => {
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
  const app = fastify();
  interface Route {
    Params: { id: string };
    Querystring: { full: boolean };
    Body: { item: string };
    Reply: { 200: { item: string }; 404: { detail: string } };
  }
  app.post<Route>("/orders/:id", { onRequest: protect(guard) }, (request, reply) => {
    expectTypeOf(request.params).toEqualTypeOf<{ id: string }>();
    expectTypeOf(request.query).toEqualTypeOf<{ full: boolean }>();
    expectTypeOf(request.body).toEqualTypeOf<{ item: string }>();
    expectTypeOf(getPrincipal(guard, request).scheme).toEqualTypeOf<"jwt" | "api-key">();
    // @ts-expect-error: not what the route answers
    reply.code(404).send({ item: "none" });
  });
  app.get<Route>("/a", { preHandler: [protect(guard), protect(guard.only("jwt"))] }, () => ({
    item: "one",
  }));
  app.route({ method: "GET", url: "/b", onRequest: protect(guard), handler: () => "b" });
});

test("it is a hook for a whole plugin, and on http2", () => {
  fastify().addHook("onRequest", protect(guard)).addHook("preHandler", protect(guard));
  fastify({ http2: true }).get("/c", { onRequest: protect(guard) }, (request) => {
    expectTypeOf(getPrincipal(guard, request).scheme).toEqualTypeOf<"jwt" | "api-key">();
  });
});
