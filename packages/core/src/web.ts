/** Guarded fetch handlers, for any Request -> Response runtime: `@countersign/core/web`. */
export { type Connection, type NodeSocket, readSocket } from "./adapter/connection.ts";
export { type FetchHandler, getPrincipal, type ProtectOptions, protect } from "./web/protect.ts";
