/** Countersign for Express: `@countersign/express`. */
export * from "@countersign/core";
export { getPrincipal, type Protection, protect } from "./protect.ts";
