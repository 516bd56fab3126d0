/** Credentials for undici's dispatchers: `@countersign/client/undici`. */
export { type AuthenticateOptions, authenticate } from "./undici/authenticate.ts";
