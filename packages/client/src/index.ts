/** Outgoing credentials: attach, renew and retry. */
export {
  type Clock,
  ConfigurationError,
  type DpopKeyPair,
  type MaybePromise,
  rsaSha1,
  type Secret,
  toSecret,
} from "@countersign/core/wire";
export { ClientError, type ClientErrorCode } from "./client-error.ts";
export { all } from "./credential/all.ts";
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
export { type DigestOptions, digest } from "./credential/digest.ts";
export { dpop } from "./credential/dpop.ts";
export { fromEnvironment } from "./credential/from-environment.ts";
export { readNetrc } from "./credential/netrc.ts";
export { type OAuth1Options, oauth1 } from "./credential/oauth1.ts";
export {
  type OAuth1Login,
  type OAuth1LoginOptions,
  type OAuth1Pending,
  type OAuth1Token,
  oauth1Login,
} from "./credential/oauth1-login.ts";
export { type SignedJwtOptions, signedJwt } from "./credential/signed-jwt.ts";
export { readDemand } from "./credential/step-up.ts";
export { byOrigin } from "./fetch/by-origin.ts";
export { type AuthFetchOptions, createAuthFetch } from "./fetch/create-auth-fetch.ts";
export type { Fetch } from "./fetch/fetch.ts";
export { replayable } from "./fetch/replayable.ts";
export { webLocks } from "./store/web-locks.ts";
export { type WebStorage, webStorageTokens } from "./store/web-storage-tokens.ts";
export { type ClientCredentialsOptions, clientCredentials } from "./token/client-credentials.ts";
export {
  type ClientAuthentication,
  clientSecretBasic,
  clientSecretPost,
  type PrivateKeyJwtOptions,
  privateKeyJwt,
  tlsClientAuth,
} from "./token/issuer/client-authentication.ts";
export type { ClientOptions, TokenFor, TokenTarget } from "./token/issuer/client-options.ts";
export { type DpopKeys, type DpopKeysOptions, dpopKeys } from "./token/issuer/dpop-keys.ts";
export { type JwtBearerOptions, jwtBearer } from "./token/jwt-bearer.ts";
export {
  type AuthorizationCode,
  type AuthorizationCodeOptions,
  authorizationCode,
  type StartedLogin,
} from "./token/login/authorization-code.ts";
export {
  type DeviceCode,
  type DeviceCodeOptions,
  type DeviceLoginOptions,
  type DevicePrompt,
  deviceCode,
} from "./token/login/device-code.ts";
export type { DeviceProgress } from "./token/login/device-poll.ts";
export type { LoginOptions } from "./token/login/login.ts";
export type { LoginRequest } from "./token/login/login-request.ts";
export { type RefreshTokenOptions, refreshToken } from "./token/login/refresh-token.ts";
export type { TokenStorage } from "./token/login/token-storage.ts";
export { onStepUp } from "./token/step-up.ts";
export {
  type TokenExchange,
  type TokenExchangeOptions,
  tokenExchange,
} from "./token/token-exchange.ts";
export type {
  AccessToken,
  BearerToken,
  DpopToken,
  StepUpDemand,
  TokenRequest,
  TokenSource,
} from "./token/token-source.ts";
