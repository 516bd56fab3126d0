import { createClient } from "redis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import {
  howToGetRedis,
  type RedisServer,
  startRedis,
  until,
  withoutRedis,
} from "../redis.fixture.ts";
import type { RedisCall, RedisNode } from "./client.ts";
import { type Connection, createConnection } from "./connection.ts";
import { readClock, timeLimit, toScript } from "./script.ts";

const count = toScript(`return redis.call("INCR", KEYS[1])`);
const hour = 3_600_000;

describe.skipIf(withoutRedis)(`a connection (${howToGetRedis})`, () => {
  let server: RedisServer;
  let client: Awaited<ReturnType<typeof open>>;
  /** What was sent. */
  let calls: string[];
  let connection: Connection;

  const open = () =>
    createClient({ url: server.url })
      .on("error", () => {})
      .connect();

  beforeAll(async () => {
    server = await startRedis();
    client = await open();
  });
  beforeEach(async () => {
    await client.flushAll();
    calls = [];
    const noting =
      (name: "eval" | "evalSha") =>
      (script: string, call: RedisCall): Promise<unknown> => {
        calls.push(name);
        return client[name](script, call);
      };
    const node: RedisNode = { eval: noting("eval"), evalSha: noting("evalSha") };
    connection = createConnection(node);
  });
  afterEach(() => void vi.useRealTimers());
  afterAll(async () => {
    client?.destroy();
    await server?.remove();
  });

  test("sends a script once, and its name from then on", async () => {
    await client.scriptFlush();
    expect(await connection.run(count, ["a"])).toBe(1);
    expect(await connection.run(count, ["a"])).toBe(2);
    expect(calls).toEqual(["evalSha", "eval", "evalSha"]);
  });

  test("sends it again when Redis has forgotten it", async () => {
    await connection.run(count, ["a"]);
    await client.scriptFlush();
    expect(await connection.run(count, ["a"])).toBe(2);
    expect(await connection.run(count, ["a"])).toBe(3);
  });

  test("runs each call once when many find a script forgotten", async () => {
    await client.scriptFlush();
    await Promise.all(Array.from({ length: 50 }, () => connection.run(count, ["a"])));
    expect(await client.get("a")).toBe("50");
  });

  test.each([
    ["an hour ahead of Redis's", hour],
    ["an hour behind", -hour],
    ["a tenth of a second ahead", 100],
    ["a second behind", -1000],
  ])("learns once that the clock here is %s", async (_, difference) => {
    await connection.run(count, ["a"]);
    calls = [];
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + difference });
    for (const expected of [2, 3, 4]) expect(await connection.run(count, ["a"])).toBe(expected);
    expect(calls).toEqual(["evalSha", "evalSha", "evalSha", "evalSha"]);
  });

  test("does not mind a clock that is a little behind", async () => {
    await connection.run(count, ["a"]);
    calls = [];
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - 100 });
    await connection.run(count, ["a"]);
    expect(calls).toEqual(["evalSha"]);
  });

  test("follows when the clock is set while it goes on", async () => {
    for (const difference of [hour, -2 * hour, 0]) {
      vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + difference });
      await connection.run(count, ["a"]);
    }
    expect(await client.get("a")).toBe("3");
  });

  test("goes by each server's own clock, where those of a cluster differ", async () => {
    // Of two servers one is an hour ahead.
    const both = (name: "eval" | "evalSha") => async (script: string, call: RedisCall) => {
      const ahead = call.keys[0] === "ahead" ? hour : 0;
      const sentAt = Number(call.arguments.at(-1));
      const texts = [...call.arguments.slice(0, -1), String(sentAt - ahead)];
      try {
        return await client[name](script, { keys: call.keys, arguments: texts });
      } catch (error) {
        const time = readClock(error);
        throw time === undefined ? error : new Error(`CLOCK ${time + ahead}`);
      }
    };
    const { run } = createConnection({ eval: both("eval"), evalSha: both("evalSha") });
    const calls = Array.from({ length: 20 }, (_, at) => run(count, [at % 2 ? "ahead" : "level"]));
    await Promise.all(calls);
    expect(await client.mGet(["ahead", "level"])).toEqual(["10", "10"]);
  });

  test("passes on what Redis says, and tries nothing twice", async () => {
    const wrong = toScript(`return redis.call("INCR", KEYS[1], "too", "many")`);
    await connection.run(wrong, ["a"]).catch(() => {});
    calls = [];
    await expect(connection.run(wrong, ["a"])).rejects.toThrow("Wrong number of args");
    expect(calls).toEqual(["evalSha"]);
  });

  test("takes an answer that has come while this process was busy for one in time", async () => {
    await connection.run(count, ["a"]);
    const answer = connection.run(count, ["a"]);
    await new Promise(setImmediate); // it is on its way
    const end = performance.now() + timeLimit + 300;
    while (performance.now() < end);
    expect(await answer).toBe(2);
  });

  test("waits no longer than its limit for a client that queues", async () => {
    const patient = await createClient({ url: server.url })
      .on("error", () => {})
      .connect();
    const slow = createConnection(patient);
    server.pause();
    try {
      const calls = Promise.allSettled([slow.run(count, ["a"]), slow.run(count, ["b"])]);
      for (const call of await calls) {
        expect(call).toMatchObject({
          reason: { message: "Redis has not answered within 800 ms." },
        });
      }
      await expect(slow.run(count, ["c"])).rejects.toThrow("Redis still owes earlier answers.");
    } finally {
      server.resume();
    }
    await until(async () => (await slow.run(count, ["d"])) === 1);
    expect(await client.mGet(["a", "b", "c", "d"])).toEqual([null, null, null, "1"]);
    patient.destroy();
  });

  test("asks again by the right clock for nobody who has gone", async () => {
    server.pause();
    await expect(connection.run(count, ["a"])).rejects.toThrow("not answered");
    server.resume();
    await until(async () => (await connection.run(count, ["b"])) === 1);
    expect(await client.get("a")).toBeNull();
  });
});

test("a client that never answers is asked once", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setImmediate"] });
  const evalSha = vi.fn(() => new Promise<never>(() => {}));
  const { run } = createConnection({ evalSha, eval: evalSha });
  const settled = vi.fn();
  const answer = run(count, ["a"]).catch(settled);
  await vi.advanceTimersByTimeAsync(timeLimit - 1);
  expect(settled).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(2);
  await answer;
  expect(settled).toHaveBeenCalledTimes(1);
  await expect(run(count, ["a"])).rejects.toThrow("owes");
  expect(evalSha).toHaveBeenCalledTimes(1);
  vi.useRealTimers();
});
