import { admit, principalOf } from "../adapter/admit.ts";
import type { Connection } from "../adapter/connection.ts";
import { toResponse, viewWebRequest, withHeaders } from "../adapter/web-request.ts";
import type { Guard } from "../guard/guard.ts";
import type { Principal } from "../guard/principal.ts";
import { isPreflight } from "../guard/request.ts";
import type { Requirement } from "../guard/requirement.ts";
import { DemandError } from "../requirement/demand.ts";

/** A handler of any runtime that answers a `Request` with a `Response`; `rest` is `env`, `ctx`, …. */
export type FetchHandler<Rest extends unknown[]> = (
  request: Request,
  ...rest: Rest
) => Response | Promise<Response>;

/** What a guard may be told of a runtime. */
export interface ProtectOptions<Rest extends unknown[]> {
  /**
   * What the runtime knows of the connection: the other end's address, whether it is TLS, and its
   * certificate. Default: nothing, so that a guard that asks for https refuses all. A `Request` does not
   * tell: on Node servers a caller can write `https:` into its URL.
   *
   * @example
   * // Deno: Deno.serve(protect(guard, handler, undefined, { connection }))
   * const connection = (request, { remoteAddr }) => ({ address: remoteAddr.hostname });
   * // Cloudflare Workers, where URL and field are the edge's own
   * const connection = (request) => ({
   *   secure: request.url.startsWith("https:"),
   *   address: request.headers.get("cf-connecting-ip") ?? undefined,
   * });
   */
  readonly connection?: (request: Request, ...rest: Rest) => Connection;
}

/**
 * Guards a fetch handler. Whoever is refused never reaches it.
 *
 * @example
 * export default { fetch: protect(guard, handler, scope("orders:read"), { connection }) };
 */
export function protect<Rest extends unknown[]>(
  guard: Guard<Principal | undefined>,
  handler: FetchHandler<Rest>,
  requirement?: Requirement,
  { connection }: ProtectOptions<Rest> = {},
): (request: Request, ...rest: Rest) => Promise<Response> {
  return async (request, ...rest) => {
    const view = viewWebRequest(request, guard.policy, connection?.(request, ...rest));
    const admission = await admit(guard, request, view, requirement);
    if (admission.kind === "refused") return toResponse(admission.answer);
    try {
      const response = await handler(request, ...rest);
      // A preflight is answered by status and headers. The handler may not have looked at the method,
      // and what it would tell a caller it knows must not go to one it does not.
      if (isPreflight(view)) return new Response(null, response);
      return withHeaders(response, admission.headers);
    } catch (error) {
      // A demand that is not met inside the handler is a refusal like any other.
      if (error instanceof DemandError) return error.getResponse();
      throw error;
    }
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
