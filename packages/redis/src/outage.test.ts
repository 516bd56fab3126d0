import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { connectRedis } from "./connect-redis.ts";
import { apiKeyRecord, createService } from "./guarded.fixture.ts";
import { openKeyspace } from "./keyspace.fixture.ts";
import { startProxy } from "./proxy.fixture.ts";
import {
  howToGetRedis,
  type RedisServer,
  startRedis,
  until,
  withoutRedis,
} from "./redis.fixture.ts";
import type { RedisState } from "./redis-state.ts";

type Service = ReturnType<typeof createService>;

describe.skipIf(withoutRedis)(`without Redis for a while (${howToGetRedis})`, () => {
  let server: RedisServer;
  let redis: RedisState;
  let service: Service;
  beforeAll(async () => {
    server = await startRedis();
  });
  beforeEach(async () => {
    redis = await connectRedis(server.url);
    await redis.apiKeys.add(apiKeyRecord);
    service = createService(redis);
  });
  afterEach(async () => {
    await redis.close();
    await redis.close();
    const keyspace = await openKeyspace(server.url);
    await keyspace.client.flushAll();
    keyspace.close();
  });
  afterAll(() => server?.remove());

  const outages = {
    "killed, and started again with nothing in it": {
      begin: () => server.kill(),
      end: async () => {
        await server.start();
        await until(async () => !(await redis.apiKeys.find(apiKeyRecord)));
        await redis.apiKeys.add(apiKeyRecord);
      },
    },
    "stopped while connections stay open": {
      begin: async () => server.pause(),
      end: async () => server.resume(),
    },
  };

  describe.each(Object.entries(outages))("%s", (_, { begin, end }) => {
    test("who needs it gets 503 and when to try again, others go on, and all recover", async () => {
      const { plain, needing } = service;
      for (const ask of Object.values(needing)) expect((await ask()).status).toBe(200);
      await begin();
      for (const [what, ask] of Object.entries(needing)) {
        const answer = await ask();
        expect([what, answer.status]).toEqual([what, 503]);
        expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
        expect((await plain()).status).toBe(200);
      }
      await end();
      for (const ask of Object.values(needing))
        await until(async () => (await ask()).status === 200);
    });

    test("a hundred requests at once are all answered", async () => {
      await begin();
      const asks = Object.values(service.needing);
      const answers = await Promise.all(
        Array.from({ length: 25 }, () => asks.map((ask) => ask())).flat(),
      );
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
      await end();
      for (const ask of asks) await until(async () => (await ask()).status === 200);
    });
  });

  test("a server that has vanished is found at its address again", async () => {
    const proxy = await startProxy(server.port);
    const remote = await connectRedis(`redis://127.0.0.1:${proxy.port}`);
    try {
      proxy.silence();
      const soon = Date.now() / 1000 + 600;
      await expect(remote.replays.reserve("lost", soon)).rejects.toThrow("not answered within");
      await expect(remote.replays.reserve("lost", soon)).rejects.toThrow("owes earlier answers");
      await until(async () => remote.replays.reserve("found", soon));
    } finally {
      await remote.close();
      await proxy.close();
    }
  });

  test("and so it is when nothing was asked of it meanwhile; one that is there is kept", async () => {
    const keyspace = await openKeyspace(server.url);
    const ids = async () => (await keyspace.client.clientList()).map(({ id }) => id);
    const before = await ids();
    const proxy = await startProxy(server.port);
    const remote = await connectRedis(`redis://127.0.0.1:${proxy.port}`);
    try {
      proxy.silence();
      await pause(4500); // a ping, and the patience with its answer
      expect(await remote.replays.reserve("asked", Date.now() / 1000 + 600)).toBe(true);
      expect(await ids()).toEqual(expect.arrayContaining(before));
    } finally {
      keyspace.close();
      await remote.close();
      await proxy.close();
    }
  });

  test("what was given up is not done later", async () => {
    const soon = Date.now() / 1000 + 600;
    server.pause();
    await expect(redis.replays.reserve("given up", soon)).rejects.toThrow("not answered within");
    server.resume();
    await until(async () => !(await redis.revocations.isRevoked(["other"])));
    expect(await redis.replays.isTaken?.("given up")).toBe(false);
    expect(await redis.replays.reserve("given up", soon)).toBe(true);
  });

  test("a login outlives a minute in which its refresh was tried again and again", async () => {
    const now = Math.floor(Date.now() / 1000);
    const record = {
      hash: "first",
      family: "login",
      grant: { subject: "ada", audience: [], scopes: [] },
      expiresAt: now + 3600,
      loginEndsAt: now + 3600,
    };
    const rotateAt = (time: number) =>
      redis.refreshTokens.rotate({
        presented: "first",
        successor: { ...record, hash: `successor of ${time}` },
        sealedAnswer: `answer of ${time}`,
        replayUntil: time + 10,
        now: time,
      });
    await redis.refreshTokens.start(record);
    server.pause();
    // As the issuer would be asked at these times: whoever ran them all would see a theft.
    const tries = await Promise.allSettled([rotateAt(now), rotateAt(now + 5), rotateAt(now + 60)]);
    expect(tries.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    server.resume();
    await until(async () => (await redis.refreshTokens.find("first"))?.isUsed === false);
    expect(await rotateAt(now + 61)).toEqual({ kind: "rotated" });
  });
});
