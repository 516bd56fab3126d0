import type { Guard, Principal, Requirement } from "@countersign/core";
import {
  admit,
  after,
  type Connection,
  type MaybePromise,
  principalOf,
  toResponse,
  viewWebRequest,
} from "@countersign/core/adapter";
import type { Context, MiddlewareHandler } from "hono";
import { connectionOf, fieldsOf } from "./connection.ts";

/** What a guard may be told of a runtime. */
export interface ProtectOptions {
  /**
   * What the runtime knows of a request's connection. Default: the socket on `@hono/node-server`, what
   * the edge says on Cloudflare Workers, and nothing elsewhere, so that a guard that asks for https
   * refuses all.
   */
  readonly connection?: (context: Context) => Connection;
}

/**
 * Guards what comes after it. Whoever is refused gets the answer here.
 *
 * @example
 * app.get("/orders", protect(guard, scope("orders:read")), handler);
 */
export function protect(
  guard: Guard<Principal | undefined>,
  requirement?: Requirement,
  { connection = connectionOf }: ProtectOptions = {},
): MiddlewareHandler {
  // No async function: what is there already should not wait its turn.
  return (context, next) => {
    const { policy } = guard;
    const view = viewWebRequest(context.req.raw, policy, connection(context), fieldsOf(context));
    return after(
      admit(guard, context, view, requirement),
      (admission): MaybePromise<Response | undefined> => {
        if (admission.kind === "refused") return toResponse(admission.answer);
        for (const [name, value] of admission.headers) context.header(name, value);
        return next() as Promise<undefined>;
      },
    ) as Promise<Response | undefined>;
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
