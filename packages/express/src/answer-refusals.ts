import { DemandError } from "@countersign/core";
import type { ErrorRequestHandler } from "express";

/**
 * Answers what `demand` refused inside a handler as `protect` would have; other errors go on. Without
 * it, Express answers with the right status and challenge, and a body of its own.
 *
 * @example
 * app.use(answerRefusals);
 */
export const answerRefusals: ErrorRequestHandler = (error, _request, response, next) => {
  if (!(error instanceof DemandError) || response.headersSent) return next(error);
  const { status, headers, body } = error.answer;
  response.status(status).setHeaders(new Map(headers)).end(body);
};
