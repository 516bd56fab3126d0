import type { Guard, Principal, Requirement } from "@countersign/core";
import {
  type Admission,
  admit,
  isLater,
  type NodeRequest,
  principalOf,
  viewNodeRequest,
} from "@countersign/core/adapter";
import type { FastifyReply, HookHandlerDoneFunction } from "fastify";

/** What is read of a Fastify request, whichever server, route and plugins its type names. */
export interface GuardedRequest {
  readonly raw: NodeRequest;
  readonly originalUrl: string;
  readonly body: unknown;
}

/** A Fastify hook that leaves the types of a route, and of its reply, as they are. */
export type Protection = (
  request: GuardedRequest,
  reply: Pick<FastifyReply, "sent">,
  done: HookHandlerDoneFunction,
) => void;

const utf8 = new TextEncoder();

/**
 * Guards the route, or all routes of the plugin, that it is a hook of. Whoever is refused gets the
 * answer here; an error of the application's own (a requirement that throws) goes to Fastify.
 *
 * @example
 * app.get("/orders", { onRequest: protect(guard, scope("orders:read")) }, handler);
 */
export function protect(
  guard: Guard<Principal | undefined>,
  requirement?: Requirement,
): Protection {
  const act = (admission: Admission, reply: FastifyReply, done: HookHandlerDoneFunction): void => {
    if (admission.kind === "admitted") {
      for (const [name, value] of admission.headers) reply.header(name, value);
      done();
      return;
    }
    const { status, headers, body } = admission.answer;
    // As bytes: Fastify would add a charset to JSON text.
    reply.code(status).headers(Object.fromEntries(headers)).send(utf8.encode(body));
  };
  return (request, typedReply, done) => {
    const reply = typedReply as FastifyReply;
    const view = viewNodeRequest(request.raw, guard.policy, request);
    const admission = admit(guard, request, view, requirement);
    if (isLater(admission)) admission.then((late) => act(late, reply, done)).catch(done);
    else act(admission, reply, done);
  };
}

/**
 * Who sent a request that this guard let in, typed by its schemes.
 *
 * @throws ConfigurationError when the guard does not guard the route
 * @example
 * app.get("/me", { onRequest: protect(guard) }, (request) => getPrincipal(guard, request).subject);
 */
export function getPrincipal<P extends Principal | undefined>(
  guard: Guard<P>,
  request: GuardedRequest,
): P {
  return principalOf(guard, request);
}
