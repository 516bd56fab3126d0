/** First-party access and refresh tokens: `@countersign/issuer`. */
export {
  type ApiKeyName,
  type ApiKeys,
  type ApiKeysOptions,
  createApiKeys,
  type IssuedApiKey,
  type NewApiKeyOptions,
} from "./api-key/create-api-keys.ts";
export { createClientSecret, type NewClientSecret } from "./client/client-secret.ts";
export type { RegisteredClient } from "./client/registered-client.ts";
export {
  type CookieSessions,
  type CookieSessionsOptions,
  createCookieSessions,
} from "./cookie/create-cookie-sessions.ts";
export { createIssuer, type Issuer } from "./create-issuer.ts";
export type { ClientRequest } from "./endpoint/read-client-request.ts";
export type { IssuerEvent } from "./event.ts";
export type { ExchangeGrant, ExchangePolicy, ExchangeRequest } from "./exchange.ts";
export type { ExtensionGrant, GrantRequest } from "./extension-grant.ts";
export type { Introspection } from "./introspect.ts";
export { IssuerError, type IssuerErrorCode } from "./issuer-error.ts";
export { createKeyRing, type RotatingKeyRing } from "./keys/create-key-ring.ts";
export type { EncryptionKey } from "./keys/key-box.ts";
export type { KeyRing, PublicKey, SigningKey } from "./keys/key-ring.ts";
export type { PublicKeySet } from "./keys/key-set.ts";
export type { KeyRingEvent } from "./keys/ring-event.ts";
export type { KeyRingOptions } from "./keys/ring-options.ts";
export type { IssuerThrottle } from "./limits.ts";
export type { IssuerOptions } from "./options.ts";
export type { RefreshOptions } from "./refresh.ts";
export type { IssueOptions } from "./token/grant.ts";
export type { TokenAnswer } from "./token/token-answer.ts";
