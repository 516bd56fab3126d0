import type { Clock } from "@countersign/core/wire";
import type { RedisClient } from "./connection/client.ts";
import { createConnection } from "./connection/connection.ts";
import { openClient } from "./connection/open-client.ts";
import { requireServer } from "./connection/require-server.ts";
import type { RedisState } from "./redis-state.ts";
import { createApiKeys } from "./store/api-keys.ts";
import { createKeyNames } from "./store/key-names.ts";
import { createLock } from "./store/lock.ts";
import { createRefreshTokens } from "./store/refresh-tokens.ts";
import { createReplays } from "./store/replays.ts";
import { createRevocations } from "./store/revocations.ts";
import { createSigningKeys } from "./store/signing-keys.ts";
import { createThrottle } from "./store/throttle.ts";
import { createTokens } from "./store/tokens.ts";

/**
 * How {@link connectRedis} uses a Redis.
 *
 * @example
 * const options: RedisOptions = { prefix: "orders" };
 */
export interface RedisOptions {
  /** What the names of all keys begin with; `countersign` by default. One for each service. */
  readonly prefix?: string;
  /** Tells what has expired; `Date` by default. Give it the guard's own. */
  readonly clock?: Clock;
}

/**
 * Connects to Redis or Valkey.
 *
 * @param redis `redis://user:password@host:port/database`, `rediss://` for TLS, or a connected client
 * of the package `redis`, for a cluster say
 * @throws ConfigurationError for an address that is none, or a server that might forget keys
 * @throws Error when the server cannot be reached within five seconds
 * @example
 * const redis = await connectRedis("redis://127.0.0.1:6379", { prefix: "orders" });
 * const scheme = jwt({ issuer, audience, revocations: redis.revocations });
 */
export async function connectRedis(
  redis: string | RedisClient,
  options: RedisOptions = {},
): Promise<RedisState> {
  const { prefix = "countersign", clock = Date } = options;
  const names = createKeyNames(prefix);
  const { client, close } = await toClient(redis);
  try {
    await requireServer(client);
  } catch (error) {
    await close();
    throw error;
  }
  const connection = createConnection(client);
  return Object.freeze<RedisState>({
    replays: createReplays(connection, names, clock),
    revocations: createRevocations(connection, names, clock),
    refreshTokens: createRefreshTokens(connection, names, clock),
    signingKeys: createSigningKeys(connection, names),
    apiKeys: createApiKeys(connection, names, clock),
    throttle: (throttle) => createThrottle(connection, names, throttle),
    tokens: (tokens) => createTokens(connection, names, clock, tokens),
    lock: createLock(connection, names),
    close,
  });
}

async function toClient(redis: string | RedisClient) {
  if (typeof redis === "string") return openClient(redis);
  // An error that nobody listens for would end the process; what matters rejects where it is asked.
  if (redis.listenerCount("error") === 0) redis.on("error", () => {});
  return { client: redis, close: async () => {} };
}
