/** Credentials for axios: `@countersign/client/axios`. */
export { type AuthAdapterOptions, createAuthAdapter } from "./axios/create-auth-adapter.ts";
