import type { Guard, Principal, Requirement } from "@countersign/core";
import { admit, principalOf, toResponse, viewWebRequest } from "@countersign/core/adapter";
import type { Context, MiddlewareHandler } from "hono";

/**
 * Guards what comes after it. Whoever is refused gets the answer here.
 *
 * @example
 * app.get("/orders", protect(guard, scope("orders:read")), handler);
 */
export function protect(
  guard: Guard<Principal | undefined>,
  requirement?: Requirement,
): MiddlewareHandler {
  return async (context, next) => {
    const view = viewWebRequest(context.req.raw, guard.policy);
    const refusal = await admit(guard, context, view, requirement);
    return refusal === undefined ? next() : toResponse(refusal);
  };
}

/**
 * Who sent a request that this guard let in, typed by its schemes.
 *
 * @throws ConfigurationError when the guard does not guard the route
 * @example
 * app.get("/me", protect(guard), (c) => c.json({ me: getPrincipal(guard, c).subject }));
 */
export function getPrincipal<P extends Principal | undefined>(
  guard: Guard<P>,
  context: Context,
): P {
  return principalOf(guard, context);
}
