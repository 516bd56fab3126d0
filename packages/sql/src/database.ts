import type {
  ApiKeyRegistry,
  RefreshTokenStore,
  ReplayStore,
  RevocationStore,
  SigningKeyStore,
  Throttle,
} from "@countersign/core/state";
import type { ThrottleOptions } from "./store/throttle.ts";

/**
 * Everything an issuer and its guards must not forget, in one database. Each store answers, or rejects,
 * within the time-out, and each of its decisions is one atomic step, however many processes share the
 * database.
 *
 * @example
 * const guardState = ({ replays, revocations, apiKeys }: Database) => ({ replays, revocations, apiKeys });
 */
export interface Database {
  readonly refreshTokens: RefreshTokenStore;
  readonly replays: ReplayStore;
  readonly revocations: RevocationStore;
  readonly apiKeys: ApiKeyRegistry;
  readonly signingKeys: SigningKeyStore;
  /**
   * Limits attempts over all processes. Several throttles in one database have names of their own.
   *
   * @throws ConfigurationError when points or duration are not positive, or there is no name
   */
  throttle(options: ThrottleOptions): Throttle;
  /**
   * Deletes at most `limit` rows that expired five minutes ago or earlier, 500 by default, and gives
   * their number. It happens by itself once a minute, unless {@link DatabaseOptions.sweepInterval} says
   * otherwise.
   */
  sweep(limit?: number): Promise<number>;
  /** Ends the sweeping and the connections, when what is under way is done. A pool of yours stays open. */
  close(): Promise<void>;
}
