import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { connectRedis } from "../connect-redis.ts";
import { openKeyspace } from "../keyspace.fixture.ts";
import { howToGetRedis, type RedisServer, startRedis, withoutRedis } from "../redis.fixture.ts";
import type { RedisState } from "../redis-state.ts";

const now = Math.floor(Date.now() / 1000);
const [minute, hour] = [60, 3600];

describe.skipIf(withoutRedis)(`replays and revocations on Redis (${howToGetRedis})`, () => {
  let server: RedisServer;
  let redis: RedisState;
  let keyspace: Awaited<ReturnType<typeof openKeyspace>>;
  beforeAll(async () => {
    server = await startRedis();
    redis = await connectRedis(server.url);
    keyspace = await openKeyspace(server.url);
  });
  beforeEach(() => keyspace.client.flushAll());
  afterAll(async () => {
    keyspace?.close();
    await redis?.close();
    await server?.remove();
  });

  /** When the one key ends, in seconds from now. */
  const end = async () => {
    const [key = ""] = await keyspace.keys();
    return Math.floor((await keyspace.client.pExpireTime(key)) / 1000) - now;
  };

  test("a used key is kept to its end, and a minute for clocks that differ", async () => {
    await redis.replays.reserve("key", now + hour);
    expect(await end()).toBe(hour + minute);
    // A second use does not move it.
    await redis.replays.reserve("key", now + 2 * hour);
    expect(await end()).toBe(hour + minute);
  });

  test.each([Number.NaN, Number.NEGATIVE_INFINITY, 0, now])(
    "a use until %s is refused",
    async (time) => {
      expect(await redis.replays.reserve("key", time)).toBe(false);
      expect(await keyspace.keys()).toEqual([]);
    },
  );

  test("a revocation is kept to the later of its ends", async () => {
    await redis.revocations.revoke("key", now + hour);
    expect(await end()).toBe(hour + minute);
    await redis.revocations.revoke("key", now + minute);
    expect(await end()).toBe(hour + minute);
    await redis.revocations.revoke("key", now + 2 * hour);
    expect(await end()).toBe(2 * hour + minute);
  });

  test("one without an end is kept for a century", async () => {
    await redis.revocations.revoke("key", Number.POSITIVE_INFINITY);
    expect(await redis.revocations.isRevoked(["key"])).toBe(true);
    expect(Math.round((await end()) / (365 * 86_400))).toBe(100);
  });

  test("one whose end is none is refused", async () => {
    await expect(redis.revocations.revoke("key", Number.NaN)).rejects.toThrow("needs a time");
  });

  test("what has expired is told by the guard's clock, not by Redis's", async () => {
    const clock = { now: () => Date.now() - 10 * hour * 1000 };
    const slow = await connectRedis(server.url, { clock });
    expect(await slow.replays.reserve("key", now - 9 * hour)).toBe(true);
    expect(await end()).toBe(hour + minute);
    expect(await redis.replays.reserve("other", now - 9 * hour)).toBe(false);
    await slow.close();
  });
});
