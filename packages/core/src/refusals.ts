/** Every reason for which a guard refuses a caller, or cannot tell, one by one: `@countersign/core/refusals`. */
export * from "./guard/outages.ts";
export * from "./guard/refusals.ts";
