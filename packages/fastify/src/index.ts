/** Countersign for Fastify: `@countersign/fastify`. */
export * from "@countersign/core";
export { type GuardedRequest, getPrincipal, type Protection, protect } from "./protect.ts";
