/** Countersign for Hono: `@countersign/hono`. */
export * from "@countersign/core";
export { getPrincipal, type ProtectOptions, protect } from "./protect.ts";
