/** Guarded fetch handlers, for any Request -> Response runtime: `@countersign/core/web`. */
export { type FetchHandler, getPrincipal, protect } from "./web/protect.ts";
