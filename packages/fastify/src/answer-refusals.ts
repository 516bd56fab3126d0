import { DemandError } from "@countersign/core";
import type { FastifyReply } from "fastify";

const utf8 = new TextEncoder();

/**
 * Answers what `demand` refused inside a handler as `protect` would have; other errors are Fastify's.
 * Without it, Fastify answers with the right status and challenge, and a body of its own.
 *
 * @example
 * app.setErrorHandler(answerRefusals);
 */
export function answerRefusals(error: unknown, _request: unknown, reply: FastifyReply): unknown {
  if (!(error instanceof DemandError)) return reply.send(error);
  const { status, headers, body } = error.answer;
  // As bytes: Fastify would add a charset to JSON text.
  return reply.code(status).headers(Object.fromEntries(headers)).send(utf8.encode(body));
}
