import { access, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { connectRedis } from "../connect-redis.ts";
import { openKeyspace } from "../keyspace.fixture.ts";
import { howToGetRedis, type RedisServer, startRedis, withoutRedis } from "../redis.fixture.ts";
import type { RedisState } from "../redis-state.ts";
import { startWorkers, type Workers } from "../workers.fixture.ts";

describe.skipIf(withoutRedis)(`a lock among processes (${howToGetRedis})`, () => {
  let server: RedisServer;
  let redis: RedisState;
  let keyspace: Awaited<ReturnType<typeof openKeyspace>>;
  let workers: Workers;
  let folder: string;
  beforeAll(async () => {
    server = await startRedis();
    redis = await connectRedis(server.url);
    keyspace = await openKeyspace(server.url);
    workers = await startWorkers(server.url, 8);
    folder = await mkdtemp(join(tmpdir(), "countersign-lock-"));
  }, 60_000);
  afterEach(() => void vi.useRealTimers());
  afterAll(async () => {
    workers?.end();
    keyspace?.close();
    await redis?.close();
    await server?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  const fileOf = (key: string) => join(folder, key);
  const holdAt = (worker: number, key: string, milliseconds: number) =>
    workers.one(worker, "hold", { key, file: fileOf(key), milliseconds });
  const lockKeys = async () => (await keyspace.keys()).filter((key) => key.includes("{lock:"));
  const untilHeld = async () => {
    for (;;) {
      const [key] = await lockKeys();
      if (key !== undefined) return key;
    }
  };

  test("eight processes hold it one at a time, each in its turn", async () => {
    for (let round = 0; round < 5; round++) {
      const hold = { key: "shared", file: fileOf("shared"), milliseconds: 5 };
      const pids = await workers.all("hold", () => hold);
      expect(pids).toEqual(workers.processes.map(({ pid }) => pid));
    }
    expect(await lockKeys()).toEqual([]);
  });

  test("holders that are killed are found out; one that works on for long is not", async () => {
    // Longer than a dead one keeps it.
    const patient = holdAt(0, "long", 10_000);
    await vi.waitFor(() => access(fileOf("long")));
    const waiting = holdAt(1, "long", 1);
    const victims = [2, 3].map(async (victim) => {
      const key = `killed ${victim}`;
      const held = holdAt(victim, key, 60_000);
      const failed = expect(held).rejects.toThrow("has ended");
      await vi.waitFor(() => rm(fileOf(key)));
      workers.processes[victim]?.kill("SIGKILL");
      await failed;
      return redis.lock.hold(key, async () => key);
    });
    const left = [];
    await vi.waitFor(async () => expect(await lockKeys()).toHaveLength(3));
    for (const key of await lockKeys()) left.push(await keyspace.client.pTTL(key));
    // What a dead one leaves is gone within ten seconds, whatever happens.
    expect(Math.max(...left)).toBeLessThanOrEqual(8000);
    expect(await Promise.all(victims)).toEqual(["killed 2", "killed 3"]);
    await Promise.all([patient, waiting]);
    expect(await lockKeys()).toEqual([]);
  }, 40_000);

  test("who has lost it takes it from nobody", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    await redis.lock.hold("lost", async () => {
      const key = await untilHeld();
      await keyspace.client.set(key, "another", { PX: 60_000 });
      await vi.advanceTimersByTimeAsync(2000);
      // Asked after it on the same connection, and so answered after it.
      await redis.replays.isTaken?.("anything");
      expect(await keyspace.client.pTTL(key)).toBeGreaterThan(8000);
    });
    const [key = ""] = await lockKeys();
    expect(await keyspace.client.get(key)).toBe("another");
    await keyspace.client.del(key);
  });

  test("without Redis no task begins, and one that has begun gives its result", async () => {
    let begun = false;
    const result = redis.lock.hold("outage", async () => {
      server.pause();
      return "done";
    });
    expect(await result).toBe("done");
    const refused = redis.lock.hold("another", async () => {
      begun = true;
    });
    await expect(refused).rejects.toThrow(/Redis/);
    expect(begun).toBe(false);
    server.resume();
    await vi.waitFor(() => redis.lock.hold("another", async () => {}));
  });
});
