/** Countersign for Fastify: `@countersign/fastify`. */
export * from "@countersign/core";
export { answerRefusals } from "./answer-refusals.ts";
export { type GuardedRequest, getPrincipal, type Protection, protect } from "./protect.ts";
