/** The guard, its schemes and requirements: `@countersign/core`. */
export {
  type ApiKeyClaims,
  type ApiKeyLocation,
  type ApiKeyOptions,
  type ApiKeyPrincipal,
  apiKey,
} from "./api-key/api-key.ts";
export {
  type ApiKeyIdentity,
  createApiKey,
  identifyApiKey,
  type NewApiKey,
} from "./api-key/format.ts";
export {
  type BasicOptions,
  type BasicPrincipal,
  basic,
  type PasswordVerifier,
  type User,
  type UserStore,
} from "./basic/basic.ts";
export { type Answer, toAnswer } from "./guard/answer.ts";
export type { Authorization } from "./guard/authorization.ts";
export { bearerChallenge } from "./guard/challenges.ts";
export { createGuard, type PrincipalIn } from "./guard/create-guard.ts";
export type { Guard, GuardOptions, Policy } from "./guard/guard.ts";
export { createPrincipal, type Principal, type PrincipalFacts } from "./guard/principal.ts";
export type { OAuthError, OutageReason, RejectionReason } from "./guard/refusals.ts";
export type { AuthRequest } from "./guard/request.ts";
export type { Attempt, AuthContext, Scheme, SecurityScheme } from "./guard/scheme.ts";
export {
  type Accepted,
  accepted,
  type Demand,
  type Details,
  type Rejection,
  rejected,
  type Unavailable,
  unavailable,
  type Verdict,
} from "./guard/verdict.ts";
export type { SigningAlgorithm } from "./keys/algorithms.ts";
export type { Fetch } from "./keys/fetch-json.ts";
export type { KeyLifetime, LoadKeys } from "./keys/remote-keys.ts";
export type { JsonWebKeySet } from "./keys/verification-key.ts";
export { claim } from "./requirement/claim.ts";
export { allOf, anyOf } from "./requirement/combine.ts";
export { type FreshOptions, fresh } from "./requirement/fresh.ts";
export type {
  Requirement,
  RequirementDescription,
  Shortfall,
} from "./requirement/requirement.ts";
export { permission, role } from "./requirement/role.ts";
export { anyScope, scope } from "./requirement/scope.ts";
export type { ApiKeyRecord, ApiKeyStore } from "./state/api-keys.ts";
export { createMemoryApiKeys } from "./state/memory-api-keys.ts";
export {
  createJwtVerifier,
  type JwtVerifier,
  type JwtVerifierOptions,
  type VerifiedToken,
} from "./token/create-jwt-verifier.ts";
export type { AudienceOptions, IssuerOptions, KeyOptions } from "./token/issuer-options.ts";
export { type JwtClaims, type JwtOptions, type JwtPrincipal, jwt } from "./token/jwt.ts";
export type { TokenHeader } from "./token/parse-token.ts";
export type { ClaimReader } from "./token/read-claim.ts";
export type { JsonObject } from "./token/strict-json.ts";
export { TokenError } from "./token/token-error.ts";
export type { Challenge } from "./wire/challenge.ts";
export type { Clock } from "./wire/clock.ts";
export { ConfigurationError } from "./wire/configuration-error.ts";
export type { MaybePromise } from "./wire/maybe-promise.ts";
export type { Secret } from "./wire/secret.ts";
