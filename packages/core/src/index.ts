/** The guard, its schemes and requirements: `@countersign/core`. */
export {
  type ApiKeyClaims,
  type ApiKeyOptions,
  type ApiKeyPrincipal,
  apiKey,
} from "./api-key/api-key.ts";
export { type CachedApiKeysOptions, cachedApiKeys } from "./api-key/cached-api-keys.ts";
export {
  type ApiKeyIdentity,
  createApiKey,
  identifyApiKey,
  type NewApiKey,
} from "./api-key/format.ts";
export {
  asApiKey,
  asBearer,
  type FoundKey,
  inHeader,
  inQuery,
  type KeyPlace,
  type PlaceReader,
} from "./api-key/place.ts";
export {
  type BasicOptions,
  type BasicPrincipal,
  basic,
  type PasswordVerifier,
  type User,
  type UserStore,
} from "./basic/basic.ts";
export type { CheckedBinding, Presentation } from "./binding/presentation.ts";
export { type CsrfTokens, createCsrfTokens } from "./cookie/csrf-tokens.ts";
export { readCookie } from "./cookie/read-cookie.ts";
export {
  type SessionCookie,
  type SessionCookieOptions,
  sessionCookie,
} from "./cookie/session-cookie.ts";
export type { DigestUser, DigestUserStore } from "./digest/check-digest.ts";
export { type DigestOptions, type DigestPrincipal, digest } from "./digest/digest.ts";
export type { BoundToken } from "./dpop/bound-token.ts";
export { type Dpop, type DpopOptions, dpop } from "./dpop/dpop.ts";
export type { KeyRequest, ProofHolds, ProvenKey } from "./dpop/verify-proof.ts";
export { explain } from "./explain/explain.ts";
export type { ExplainedVerdict, Explanation, Outcome, Step } from "./explain/explanation.ts";
export { formatExplanation } from "./explain/format-explanation.ts";
export { type Answer, toAnswer } from "./guard/answer.ts";
export type { Authorization, TokenAuthScheme } from "./guard/authorization.ts";
export { bearerChallenge } from "./guard/challenges.ts";
export { createGuard, type PrincipalIn } from "./guard/create-guard.ts";
export type { GuardEvent, GuardListener } from "./guard/event.ts";
export type { Guard, GuardOptions, Policy } from "./guard/guard.ts";
export { presentedToken } from "./guard/presented-token.ts";
export {
  type Binding,
  createPrincipal,
  type Principal,
  type PrincipalFacts,
} from "./guard/principal.ts";
export { byHost, type PublicUrls, type Reach, type ReachOptions } from "./guard/reach.ts";
export type {
  OAuthError,
  Outage,
  OutageReason,
  Refusal,
  RejectionReason,
} from "./guard/refusal.ts";
export type { AuthRequest } from "./guard/request.ts";
export type {
  Requirement,
  RequirementDescription,
  Shortfall,
} from "./guard/requirement.ts";
export type {
  Attempt,
  AuthContext,
  Check,
  Scheme,
  SecurityScheme,
  Surroundings,
} from "./guard/scheme.ts";
export {
  type GuessLimitOptions,
  type GuessLimits,
  guessLimits,
  toNetwork,
} from "./guard/throttle.ts";
export { forwarded, type Peer, type TrustedProxies, xForwarded } from "./guard/trusted-proxies.ts";
export {
  type Accepted,
  accepted,
  type Demand,
  type Details,
  type HeaderField,
  type Rejection,
  rejected,
  type Unavailable,
  unavailable,
  type Verdict,
} from "./guard/verdict.ts";
export type { AnswerLifetime } from "./introspection/answers.ts";
export type { ClientAuthentication } from "./introspection/ask-issuer.ts";
export {
  type IntrospectionClaims,
  type IntrospectionPrincipal,
  introspection,
} from "./introspection/introspection.ts";
export type {
  IntrospectedAudience,
  IntrospectionOptions,
  IssuerOrEndpoint,
} from "./introspection/options.ts";
export type { SigningAlgorithm } from "./keys/algorithms.ts";
export type { Fetch } from "./keys/fetch-json.ts";
export type { KeyOptions } from "./keys/key-options.ts";
export { readPem } from "./keys/read-pem.ts";
export type { KeyLifetime, LoadKeys } from "./keys/remote-keys.ts";
export type { JsonWebKeySet } from "./keys/verification-key.ts";
export type {
  OAuth1Consumer,
  OAuth1ConsumerStore,
  OAuth1Token,
  OAuth1TokenStore,
} from "./oauth1/check-request.ts";
export type { OAuth1Key } from "./oauth1/check-signature.ts";
export { type OAuth1Options, type OAuth1Principal, oauth1 } from "./oauth1/oauth1.ts";
export { claim } from "./requirement/claim.ts";
export { allOf, anyOf } from "./requirement/combine.ts";
export { DemandError, demand } from "./requirement/demand.ts";
export { type FreshOptions, fresh } from "./requirement/fresh.ts";
export { permission, role } from "./requirement/role.ts";
export { anyScope, scope } from "./requirement/scope.ts";
export type {
  ApiKeyEntry,
  ApiKeyRecord,
  ApiKeyRegistry,
  ApiKeyStore,
} from "./state/api-keys.ts";
export { createMemoryApiKeys, type MemoryApiKeysOptions } from "./state/memory-api-keys.ts";
export { createMemoryThrottle, type MemoryThrottleOptions } from "./state/memory-throttle.ts";
export {
  createMemoryReplays,
  type MemoryReplaysOptions,
  type ReplayStore,
} from "./state/replay.ts";
export {
  createMemoryRevocations,
  type MemoryRevocationsOptions,
  type RevocationStore,
} from "./state/revocations.ts";
export type { PointsLeft, Throttle } from "./state/throttle.ts";
export type {
  ClaimsIssue,
  ClaimsOf,
  ClaimsResult,
  ClaimsSchema,
} from "./token/claims-schema.ts";
export {
  createJwtVerifier,
  type JwtVerifier,
  type JwtVerifierOptions,
} from "./token/create-jwt-verifier.ts";
export type { AudienceOptions, IssuerOptions } from "./token/issuer-options.ts";
export { type JwtClaims, type JwtOptions, type JwtPrincipal, jwt } from "./token/jwt.ts";
export type { TokenHeader } from "./token/parse-token.ts";
export {
  auth0,
  type ClaimPreset,
  type CognitoPreset,
  cognito,
  entraId,
  google,
  keycloak,
  okta,
} from "./token/presets.ts";
export type { ClaimReader } from "./token/read-claim.ts";
export { type Revocation, revocationKey, revokeToken } from "./token/revocation.ts";
export { TokenError } from "./token/token-error.ts";
export type { ReadingOptions } from "./token/token-principal.ts";
export type { TokenCacheOptions } from "./token/token-verifier.ts";
export type { VerifiedToken } from "./token/verify-token.ts";
export type { Challenge } from "./wire/challenge.ts";
export type { Clock } from "./wire/clock.ts";
export { ConfigurationError } from "./wire/configuration-error.ts";
export { type DigestAlgorithm, type DigestQop, digestHa1 } from "./wire/digest.ts";
export type { DigestHash } from "./wire/digest-hash.ts";
export type { MaybePromise } from "./wire/maybe-promise.ts";
export type { OAuth1SignatureMethod } from "./wire/oauth1-signature.ts";
export type { Secret } from "./wire/secret.ts";
export type { JsonObject } from "./wire/strict-json.ts";
