import type {
  RefreshTokenStore,
  ReplayStore,
  RevocationStore,
  SigningKeyStore,
  Throttle,
} from "@countersign/core/state";
import { connectRedis } from "@countersign/redis";
import { openDatabase } from "@countersign/sql";
import type { Settings } from "./settings.ts";

/** Everything that is to be remembered beyond one request. */
export interface State {
  readonly refreshTokens: RefreshTokenStore;
  readonly signingKeys: SigningKeyStore;
  readonly replays: ReplayStore;
  readonly revocations: RevocationStore;
  throttle(options: { name: string; points: number; duration: number }): Throttle;
  close(): Promise<void>;
}

/**
 * Opens the database, and Redis where there is one: what changes with every request is kept there then.
 *
 * @throws ConfigurationError for an address that is none
 */
export async function openState({ databaseUrl, redisUrl }: Settings): Promise<State> {
  const database = await openDatabase(databaseUrl);
  const { refreshTokens, signingKeys } = database;
  if (redisUrl === undefined) return database;
  try {
    const { replays, revocations, throttle, close } = await connectRedis(redisUrl);
    return {
      refreshTokens,
      signingKeys,
      replays,
      revocations,
      throttle,
      async close() {
        await Promise.all([close(), database.close()]);
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}
