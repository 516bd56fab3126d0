import { ConfigurationError } from "@countersign/core/wire";
import { RateLimiterRedis } from "rate-limiter-flexible";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { connectRedis } from "../connect-redis.ts";
import { createService } from "../guarded.fixture.ts";
import { openKeyspace } from "../keyspace.fixture.ts";
import { howToGetRedis, type RedisServer, startRedis, withoutRedis } from "../redis.fixture.ts";
import type { RedisState } from "../redis-state.ts";

const limits = { points: 5, duration: 60 };

describe.skipIf(withoutRedis)(`throttles on Redis (${howToGetRedis})`, () => {
  let server: RedisServer;
  let redis: RedisState;
  let keyspace: Awaited<ReturnType<typeof openKeyspace>>;
  beforeAll(async () => {
    server = await startRedis();
    redis = await connectRedis(server.url);
    keyspace = await openKeyspace(server.url);
  });
  afterEach(() => keyspace.client.flushAll());
  afterAll(async () => {
    keyspace?.close();
    await redis?.close();
    await server?.remove();
  });

  const kinds = {
    "our own": () => redis.throttle({ name: "logins", ...limits }),
    "one of rate-limiter-flexible": () =>
      new RateLimiterRedis({ storeClient: keyspace.client, useRedisPackage: true, ...limits }),
  };

  test.each(Object.entries(kinds))("%s limits guesses, not logins", async (_, create) => {
    const { wrongPassword, rightPassword } = createService(redis, create());
    for (let login = 0; login < 10; login++) expect((await rightPassword()).status).toBe(200);
    for (let guess = 0; guess < 5; guess++) expect((await wrongPassword()).status).toBe(401);
    for (const ask of [wrongPassword, rightPassword]) {
      const answer = await ask();
      expect(answer.status).toBe(429);
      expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
      expect(Number(answer.headers.get("retry-after"))).toBeLessThanOrEqual(60);
    }
    expect(await keyspace.endless()).toEqual([]);
  });

  test.each(Object.entries(kinds))(
    "%s lets five of fifty guesses at once through",
    async (_, create) => {
      const { wrongPassword } = createService(redis, create());
      const answers = await Promise.all(Array.from({ length: 50 }, wrongPassword));
      const statuses = answers.map(({ status }) => status).sort();
      expect(statuses).toEqual([...Array(5).fill(401), ...Array(45).fill(429)]);
    },
  );

  test("two names count apart, one name together", async () => {
    const [a, b, c] = ["a", "b", "a"].map((name) =>
      redis.throttle({ name, points: 1, duration: 60 }),
    );
    await a?.consume("key");
    await b?.consume("key");
    await expect(c?.consume("key")).rejects.toHaveProperty("msBeforeNext");
  });

  test("a window ends, and points with it", async () => {
    const throttle = redis.throttle({ name: "short", points: 1, duration: 0.05 });
    await throttle.consume("key");
    await throttle.reward("other");
    await expect
      .poll(() =>
        throttle.consume("key").then(
          () => "in",
          () => "out",
        ),
      )
      .toBe("in");
    expect((await keyspace.keys()).length).toBeLessThanOrEqual(1);
  });

  test("a point that comes back late makes none", async () => {
    const throttle = redis.throttle({ name: "late", points: 1, duration: 60 });
    await throttle.reward("key");
    await throttle.consume("key");
    await expect(throttle.consume("key")).rejects.toHaveProperty("msBeforeNext");
  });

  test.each([
    { points: 0 },
    { points: Number.NaN },
    { duration: 0 },
    { duration: -1 },
    { duration: Number.POSITIVE_INFINITY },
    { name: "" },
  ])("%j is refused", (changes) => {
    const options = { name: "logins", ...limits, ...changes };
    expect(() => redis.throttle(options)).toThrow(ConfigurationError);
  });
});
