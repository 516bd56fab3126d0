/** The contracts of everything that is kept: `@countersign/core/state`. */
export type { ApiKeyRecord, ApiKeyStore } from "./state/api-keys.ts";
export {
  createMemoryRefreshTokens,
  type MemoryRefreshTokensOptions,
} from "./state/memory-refresh-tokens.ts";
export type {
  Grant,
  RefreshTokenRecord,
  RefreshTokenStore,
  Rotation,
  RotationOutcome,
} from "./state/refresh-tokens.ts";
