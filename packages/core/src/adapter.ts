/** What an adapter is made of: `@countersign/core/adapter`. */
export { type Admission, admit, principalOf } from "./adapter/admit.ts";
export { type Connection, type NodeSocket, readSocket } from "./adapter/connection.ts";
export { type NodeRequest, readField, viewNodeRequest } from "./adapter/node-request.ts";
export { toResponse, viewWebRequest } from "./adapter/web-request.ts";
export type { Answer } from "./guard/answer.ts";
export { after, isLater, type MaybePromise } from "./wire/maybe-promise.ts";
