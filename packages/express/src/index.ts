/** Countersign for Express: `@countersign/express`. */
export * from "@countersign/core";
export { answerRefusals } from "./answer-refusals.ts";
export { getPrincipal, type Protection, protect } from "./protect.ts";
