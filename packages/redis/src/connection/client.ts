/** Keys and arguments of one script. */
export interface RedisCall {
  keys: string[];
  arguments: string[];
}

/** What runs scripts: a client of node-redis, and each node of a cluster's. */
export interface RedisNode {
  eval(script: string, call: RedisCall): Promise<unknown>;
  evalSha(sha1: string, call: RedisCall): Promise<unknown>;
}

/**
 * A client of node-redis (the package `redis`), as far as it is used here: of `createClient`,
 * `createCluster`, `createClientPool` or `createSentinel`.
 *
 * @example
 * const client: RedisClient = await createClient({ url: process.env.REDIS_URL }).connect();
 */
export interface RedisClient extends RedisNode {
  listenerCount(event: "error"): number;
  on(event: "error", listener: (error: Error) => void): unknown;
}
