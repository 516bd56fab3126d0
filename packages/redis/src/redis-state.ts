import type {
  ApiKeyRegistry,
  Lock,
  RefreshTokenStore,
  ReplayStore,
  RevocationStore,
  SigningKeyStore,
  Throttle,
  TokenStore,
} from "@countersign/core/state";
import type { ThrottleOptions } from "./store/throttle.ts";
import type { TokensOptions } from "./store/tokens.ts";

/**
 * Everything that processes of one service must know of each other, in one Redis. Each store answers
 * or rejects within a second, and each of its decisions is one atomic step.
 *
 * @example
 * const guardState = ({ replays, revocations, apiKeys }: RedisState) => ({ replays, revocations, apiKeys });
 */
export interface RedisState {
  readonly replays: ReplayStore;
  readonly revocations: RevocationStore;
  readonly refreshTokens: RefreshTokenStore;
  readonly signingKeys: SigningKeyStore;
  readonly apiKeys: ApiKeyRegistry;
  /**
   * Limits attempts over all processes. Several throttles under one prefix have names of their own.
   *
   * @throws ConfigurationError when the options cannot be right
   */
  throttle(options: ThrottleOptions): Throttle;
  /**
   * Keeps a client's tokens, encrypted.
   *
   * @throws ConfigurationError when `encryptionKey` is not of 32 bytes
   */
  tokens(options: TokensOptions): TokenStore;
  /** For a client's refreshes: one process at a time. A holder that died is found out within 8 s. */
  readonly lock: Lock;
  /** Ends the connection when what is under way is done. A client of yours stays open. */
  close(): Promise<void>;
}
