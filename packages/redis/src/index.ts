/** Shared state in Redis and Valkey: `@countersign/redis`. */

export { connectRedis, type RedisOptions } from "./connect-redis.ts";
export type { RedisCall, RedisClient, RedisNode } from "./connection/client.ts";
export type { RedisState } from "./redis-state.ts";
export type { EncryptionKey } from "./store/seal.ts";
export type { ThrottleOptions } from "./store/throttle.ts";
export type { TokensOptions } from "./store/tokens.ts";
