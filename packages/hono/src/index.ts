/** Countersign for Hono: `@countersign/hono`. */
export * from "@countersign/core";
export { getPrincipal, protect } from "./protect.ts";
