import { type Answer, toAnswer } from "../guard/answer.ts";
import type { Principal } from "../guard/principal.ts";
import { refuseNow } from "../guard/refuser.ts";
import type { Requirement } from "../guard/requirement.ts";
import type { Rejection, Unavailable } from "../guard/verdict.ts";

/**
 * Thrown by {@link demand}, and by `getPrincipal` for a CORS preflight, which has none. It carries the whole answer, in the places where frameworks look for it:
 * Express and Fastify for `status`, `statusCode` and `headers`, Hono for `getResponse()`.
 */
export class DemandError extends Error {
  override readonly name = "DemandError";
  readonly code = "demand_not_met";
  readonly refusal: Rejection | Unavailable;
  /** What `protect` would have answered. */
  readonly answer: Answer;
  readonly status: number;
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(refusal: Rejection | Unavailable) {
    super(refusal.description);
    this.refusal = refusal;
    this.answer = toAnswer(refusal);
    this.status = this.answer.status;
    this.statusCode = this.answer.status;
    this.headers = Object.fromEntries(this.answer.headers);
  }

  /** The answer as a Fetch `Response`. */
  getResponse(): Response {
    const { status, headers, body } = this.answer;
    return new Response(body, { status, headers });
  }
}

/**
 * Asks for something inside a handler that only the handler can know to ask for. Whoever lacks it gets
 * the answer that `protect` would have given.
 *
 * @throws DemandError when the principal does not meet the requirement
 * @throws ConfigurationError when no guard has let this principal in
 * @example
 * const order = await find(id);
 * if (order.total > 1000) demand(getPrincipal(guard, req), role("manager"));
 */
export function demand(principal: Principal, requirement: Requirement): void {
  const rejection = refuseNow(principal, requirement);
  if (rejection !== undefined) throw new DemandError(rejection);
}
