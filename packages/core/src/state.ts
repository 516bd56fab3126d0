/** The contracts of everything that is kept: `@countersign/core/state`. */
export type {
  ApiKeyEntry,
  ApiKeyRecord,
  ApiKeyRegistry,
  ApiKeyStore,
} from "./state/api-keys.ts";
export { createMemoryApiKeys, type MemoryApiKeysOptions } from "./state/memory-api-keys.ts";
export {
  createMemoryRefreshTokens,
  type MemoryRefreshTokensOptions,
} from "./state/memory-refresh-tokens.ts";
export { createMemorySigningKeys } from "./state/memory-signing-keys.ts";
export { createMemoryThrottle, type MemoryThrottleOptions } from "./state/memory-throttle.ts";
export {
  createMemoryLock,
  createMemoryTokens,
  type MemoryTokensOptions,
} from "./state/memory-tokens.ts";
export type {
  FoundRefreshToken,
  Grant,
  RefreshTokenRecord,
  RefreshTokenStore,
  Rotation,
  RotationOutcome,
} from "./state/refresh-tokens.ts";
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
export type { SigningKeyRecord, SigningKeyState, SigningKeyStore } from "./state/signing-keys.ts";
export type { PointsLeft, Throttle } from "./state/throttle.ts";
export type { Lock, TokenStore } from "./state/tokens.ts";
