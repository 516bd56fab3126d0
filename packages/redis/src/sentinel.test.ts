import { createSentinel } from "redis";
import { expect, test } from "vitest";
import { connectRedis } from "./connect-redis.ts";
import { howToGetRedis, startRedis, startSentinel, until, withoutRedis } from "./redis.fixture.ts";

test.skipIf(withoutRedis)(
  `a client that watches sentinels follows them to another server (${howToGetRedis})`,
  async () => {
    const server = await startRedis();
    const replica = await startRedis(["--replicaof", "127.0.0.1", String(server.port)]);
    const sentinel = await startSentinel(server.port);
    const sentinelRootNodes = [{ host: "127.0.0.1", port: sentinel.port }];
    const client = createSentinel({ name: "main", sentinelRootNodes });
    try {
      await client.connect();
      const redis = await connectRedis(client);
      const soon = Date.now() / 1000 + 600;
      expect(await redis.replays.reserve("before", soon)).toBe(true);
      const heard = () => client.sendCommand<unknown>(false, ["WAIT", "1", "100"]);
      await until(async () => (await heard()) === 1);
      await server.kill();
      await until(async () => redis.replays.reserve("after", soon));
      expect(await redis.replays.reserve("before", soon)).toBe(false);
    } finally {
      client.destroy();
      await Promise.all([sentinel, replica, server].map((each) => each.remove()));
    }
  },
  60_000,
);
