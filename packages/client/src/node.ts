/** What needs Node's files and sockets: `@countersign/client/node`. */
export { fileLock } from "./node/file-lock.ts";
export { fileTokenStore } from "./node/file-token-store.ts";
export {
  type LoopbackRedirect,
  type LoopbackRedirectOptions,
  loopbackRedirect,
} from "./node/loopback-redirect.ts";
export { readNetrcFile } from "./node/netrc-file.ts";
