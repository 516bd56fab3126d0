import { admit, principalOf } from "../adapter/admit.ts";
import { toResponse, viewWebRequest } from "../adapter/web-request.ts";
import type { Guard } from "../guard/guard.ts";
import type { Principal } from "../guard/principal.ts";
import { isPreflight } from "../guard/request.ts";
import type { Requirement } from "../requirement/requirement.ts";

/** A handler of any runtime that answers a `Request` with a `Response`; `rest` is `env`, `ctx`, …. */
export type FetchHandler<Rest extends unknown[]> = (
  request: Request,
  ...rest: Rest
) => Response | Promise<Response>;

/**
 * Guards a fetch handler. Whoever is refused never reaches it.
 *
 * @example
 * export default { fetch: protect(guard, handler, scope("orders:read")) };
 */
export function protect<Rest extends unknown[]>(
  guard: Guard<Principal | undefined>,
  handler: FetchHandler<Rest>,
  requirement?: Requirement,
): (request: Request, ...rest: Rest) => Promise<Response> {
  return async (request, ...rest) => {
    const view = viewWebRequest(request, guard.policy);
    const refusal = await admit(guard, request, view, requirement);
    if (refusal !== undefined) return toResponse(refusal);
    const response = await handler(request, ...rest);
    // A preflight is answered by status and headers. The handler may not have looked at the method,
    // and what it would tell a caller it knows must not go to one it does not.
    return isPreflight(view) ? new Response(null, response) : response;
  };
}

/**
 * Who sent a request that this guard let in.
 *
 * @throws ConfigurationError when the guard does not guard the route
 * @example
 * const { subject } = getPrincipal(guard, request);
 */
export function getPrincipal<P extends Principal | undefined>(
  guard: Guard<P>,
  request: Request,
): P {
  return principalOf(guard, request);
}
