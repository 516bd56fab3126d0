import type { Principal } from "@countersign/core";
import { type OpenApiSecurity, openapi } from "@countersign/core/openapi";
import { mayDelete, mayRead, mayWrite, type OrdersGuard } from "./guard.ts";

/** What `/whoami` answers. */
export function whoami({ scheme, subject, scopes, roles }: Principal) {
  return { scheme, subject, scopes, roles };
}

/** The OpenAPI document; what it says of security comes from the guard itself. */
export function describeApi(guard: OrdersGuard, publicUrl: string) {
  const operation = (summary: string, { security }: Pick<OpenApiSecurity, "security">) => ({
    summary,
    security,
    responses: { default: { description: "An answer, or problem details (RFC 9457)" } },
  });
  const open = { security: [] };
  return {
    openapi: "3.1.0",
    info: { title: "Orders", version: "1.0.0" },
    servers: [{ url: publicUrl }],
    components: { securitySchemes: openapi(guard).securitySchemes },
    paths: {
      "/public": { get: operation("For everybody", open) },
      "/data": { get: operation("For API keys", openapi(guard.only("api-key"))) },
      "/protected": { get: operation("For users", openapi(guard.only("basic", "jwt", "oauth1"))) },
      "/private": { get: operation("For JWTs", openapi(guard.only("jwt"))) },
      "/whoami": { get: operation("Who is calling", openapi(guard)) },
      "/orders": {
        get: operation("List orders", openapi(guard, mayRead)),
        post: operation("Place an order", openapi(guard, mayWrite)),
      },
      "/orders/{id}": { delete: operation("Delete an order", openapi(guard, mayDelete)) },
    },
  };
}
