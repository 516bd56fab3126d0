/** Outgoing credentials: attach, renew and retry. */
export {
  type Clock,
  ConfigurationError,
  type MaybePromise,
  type Secret,
  toSecret,
} from "@countersign/core/wire";
export { ClientError, type ClientErrorCode } from "./client-error.ts";
export { type ApiKeyOptions, apiKey } from "./credential/api-key.ts";
export { type BasicOptions, basic } from "./credential/basic.ts";
export { bearer } from "./credential/bearer.ts";
export type {
  Answer,
  AttachContext,
  Attachment,
  Credential,
  Outgoing,
  Retry,
} from "./credential/credential.ts";
export { type AuthFetchOptions, createAuthFetch } from "./fetch/create-auth-fetch.ts";
export type { Fetch } from "./fetch/fetch.ts";
export { type ClientCredentialsOptions, clientCredentials } from "./token/client-credentials.ts";
export type { AccessToken, BearerToken, TokenRequest, TokenSource } from "./token/token-source.ts";
