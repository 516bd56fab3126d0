import { createClient, createClientPool, createCluster, createSentinel } from "redis";
import { expectTypeOf, test } from "vitest";
import { connectRedis } from "../connect-redis.ts";
import type { RedisClient } from "./client.ts";

test("every client of the package redis is one", () => {
  const cluster = createCluster({ rootNodes: [], useReplicas: true });
  const sentinel = createSentinel({ name: "main", sentinelRootNodes: [] });
  expectTypeOf(createClient()).toExtend<RedisClient>();
  expectTypeOf(createClient({ RESP: 2 })).toExtend<RedisClient>();
  expectTypeOf(createClientPool()).toExtend<RedisClient>();
  expectTypeOf(cluster).toExtend<RedisClient>();
  expectTypeOf(sentinel).toExtend<RedisClient>();
  expectTypeOf(connectRedis).parameter(0).toEqualTypeOf<string | RedisClient>();
});
