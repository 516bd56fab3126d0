import { randomUUID } from "node:crypto";
import { createCluster } from "redis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connectRedis } from "./connect-redis.ts";
import { openKeyspace } from "./keyspace.fixture.ts";
import { lastingPromises, passingPromises } from "./promises.fixture.ts";
import { howToGetRedis, type RedisCluster, startCluster, withoutRedis } from "./redis.fixture.ts";

describe.skipIf(withoutRedis)(`on a cluster (${howToGetRedis})`, () => {
  let cluster: RedisCluster;
  let client: ReturnType<typeof toClient>;
  const toClient = () =>
    createCluster({ rootNodes: cluster.servers.map(({ url }) => ({ url })), useReplicas: true });

  beforeAll(async () => {
    cluster = await startCluster();
    client = toClient();
    await client.connect();
  }, 60_000);
  afterAll(async () => {
    client?.destroy();
    await cluster?.remove();
  });

  // A script that touched two slots would be refused with CROSSSLOT.
  test.each([...passingPromises, ...lastingPromises])("$name", async ({ run }) => {
    const redis = await connectRedis(client, { prefix: `test-${randomUUID()}` });
    await run(redis, redis);
  });

  test("the keys of refresh tokens lie on every server, and a login's in one slot", async () => {
    const { refreshTokens } = await connectRedis(client, { prefix: `test-${randomUUID()}` });
    const grant = { subject: "ada", audience: ["https://api.example"], scopes: [] };
    const end = Math.floor(Date.now() / 1000) + 3600;
    const times = { expiresAt: end, loginEndsAt: end };
    // Enough that chance leaves no server with a few alone.
    for (let login = 0; login < 100; login++) {
      const record = { hash: randomUUID(), family: randomUUID(), grant, ...times };
      await refreshTokens.start(record);
    }
    const perServer = await Promise.all(
      cluster.servers.map(async ({ url }) => {
        const keyspace = await openKeyspace(url);
        const keys = await keyspace.keys();
        keyspace.close();
        return keys.filter((key) => key.includes("{login:"));
      }),
    );
    for (const keys of perServer) expect(keys.length).toBeGreaterThan(3);
    const serversOf = new Map<string, Set<number>>();
    for (const [server, keys] of perServer.entries()) {
      for (const key of keys) {
        const [tag = ""] = /\{.*?\}/.exec(key) ?? [];
        serversOf.set(tag, (serversOf.get(tag) ?? new Set()).add(server));
      }
    }
    expect([...serversOf.values()].every(({ size }) => size === 1)).toBe(true);
  });

  test("refuses a cluster of which one server would forget keys", async () => {
    const [, , last] = cluster.servers;
    const keyspace = await openKeyspace(last?.url ?? "");
    try {
      await keyspace.client.configSet("maxmemory-policy", "allkeys-lru");
      await expect(connectRedis(client)).rejects.toThrow(/allkeys-lru.*noeviction/s);
    } finally {
      await keyspace.client.configSet("maxmemory-policy", "noeviction");
      keyspace.close();
    }
  });
});
