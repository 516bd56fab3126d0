import { randomUUID } from "node:crypto";
import { createClient, createClientPool } from "redis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connectRedis } from "./connect-redis.ts";
import type { RedisClient } from "./connection/client.ts";
import { openKeyspace } from "./keyspace.fixture.ts";
import { lastingPromises, passingPromises, type RedisPromise } from "./promises.fixture.ts";
import { howToGetRedis, type RedisServer, startRedis, withoutRedis } from "./redis.fixture.ts";

describe.skipIf(withoutRedis)(`on Redis (${howToGetRedis})`, () => {
  let server: RedisServer;
  let keyspace: Awaited<ReturnType<typeof openKeyspace>>;
  beforeAll(async () => {
    server = await startRedis();
    keyspace = await openKeyspace(server.url);
  });
  afterAll(async () => {
    keyspace?.close();
    await server?.remove();
  });

  const keep = async ({ run }: RedisPromise) => {
    const prefix = `test-${randomUUID()}`;
    const redis = await connectRedis(server.url, { prefix });
    const other = await connectRedis(server.url, { prefix });
    try {
      await run(redis, other);
    } finally {
      await Promise.all([redis.close(), other.close()]);
    }
  };

  test.each(passingPromises)("$name", keep);

  test("every key that these have made ends by itself", async () => {
    expect((await keyspace.keys()).length).toBeGreaterThan(100);
    expect(await keyspace.endless()).toEqual([]);
  });

  test.each(lastingPromises)("$name", keep);

  test("of all keys only signing keys, and API keys without an end, have none", async () => {
    const endless = await keyspace.endless();
    expect(endless.length).toBeGreaterThan(10);
    for (const key of endless) expect(key).toMatch(/:\{(signing-keys|api-keys)\}/);
  });
});

describe.skipIf(withoutRedis)(`with a client of the application's (${howToGetRedis})`, () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server?.remove());

  const kinds: Record<string, () => Promise<RedisClient & { destroy(): void }>> = {
    "that speaks RESP 2": () => createClient({ url: server.url, RESP: 2 }).connect(),
    "that is a pool": async () => {
      const pool = createClientPool({ url: server.url });
      await pool.connect();
      return pool;
    },
  };

  describe.each(Object.entries(kinds))("%s", (_, open) => {
    let client: Awaited<ReturnType<typeof open>>;
    beforeAll(async () => {
      client = await open();
    });
    afterAll(() => client?.destroy());

    test.each([...passingPromises, ...lastingPromises])("$name", async ({ run }) => {
      const redis = await connectRedis(client, { prefix: randomUUID() });
      await run(redis, redis);
    });
  });
});
