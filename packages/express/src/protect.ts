import type { Guard, Principal, Requirement } from "@countersign/core";
import {
  admit,
  after,
  type MaybePromise,
  principalOf,
  viewNodeRequest,
} from "@countersign/core/adapter";
import type { NextFunction, Request, Response } from "express";

/** An Express middleware that leaves the types of a route's parameters as they are. */
export type Protection = <Params>(
  request: Request<Params>,
  response: Response,
  next: NextFunction,
) => MaybePromise<void>;

/**
 * Guards what comes after it. Whoever is refused gets the answer here; an error of the application's
 * own (a requirement that throws) goes to Express.
 *
 * @example
 * app.get("/orders", protect(guard, scope("orders:read")), handler);
 */
export function protect(
  guard: Guard<Principal | undefined>,
  requirement?: Requirement,
): Protection {
  return (request, response, next) => {
    const view = viewNodeRequest(request, guard.policy);
    return after(admit(guard, request, view, requirement), (admission) => {
      if (admission.kind === "admitted") {
        for (const [name, value] of admission.headers) response.setHeader(name, value);
        return next();
      }
      const { status, headers, body } = admission.answer;
      response.status(status).setHeaders(new Map(headers)).end(body);
    });
  };
}

/**
 * Who sent a request that this guard let in, typed by its schemes.
 *
 * @throws ConfigurationError when the guard does not guard the route
 * @example
 * app.get("/me", protect(guard), (req, res) => res.json({ me: getPrincipal(guard, req).subject }));
 */
export function getPrincipal<P extends Principal | undefined, Params>(
  guard: Guard<P>,
  request: Request<Params>,
): P {
  return principalOf(guard, request);
}
