import { inspect } from "node:util";
import { ConfigurationError } from "@countersign/core/wire";
import { createClient } from "redis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connectRedis } from "./connect-redis.ts";
import { openKeyspace } from "./keyspace.fixture.ts";
import { howToGetRedis, type RedisServer, startRedis, withoutRedis } from "./redis.fixture.ts";

const password = "planted:p@ss/word?%";
const encoded = encodeURIComponent(password);
const soon = Date.now() / 1000 + 600;

describe("an address", () => {
  test.each([
    ["none", ""],
    ["no URL", "127.0.0.1:6379"],
    ["another protocol", `http://user:${encoded}@127.0.0.1:6379`],
    ["no host", `redis://user:${encoded}@:6379`],
    ["a bad port", `redis://user:${encoded}@127.0.0.1:99999`],
    ["a database that is no number", `redis://user:${encoded}@127.0.0.1:6379/orders`],
    ["a password that is not encoded", `redis://user:${password}@127.0.0.1:6379`],
  ])("that is %s is refused without being shown", async (_, address) => {
    const error = await connectRedis(address).catch((error) => error);
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toContain("redis://user:password@host:port/database");
    expect(inspect(error)).not.toMatch(/planted/);
  });

  test.each(["", "a b", "{a}", "é", "a".repeat(65), "a\n"])(
    "prefix %j is refused",
    async (prefix) => {
      await expect(connectRedis("redis://127.0.0.1:1", { prefix })).rejects.toThrow(
        /prefix must be/,
      );
    },
  );
});

describe("a server", () => {
  const answering = (answer: unknown) => ({
    eval: async () => answer,
    evalSha: async () => answer,
    listenerCount: () => 1,
    on: () => {},
  });

  test.each([["6"], ["5"], [undefined]])("of version %s is refused", async (version) => {
    const client = answering([version, "noeviction"]);
    await expect(connectRedis(client)).rejects.toThrow(/Redis 7, Valkey 7.2/);
  });

  test("that does not tell what it does without memory is refused", async () => {
    await expect(connectRedis(answering(["7"]))).rejects.toThrow(ConfigurationError);
  });
});

describe.skipIf(withoutRedis)(`on Redis (${howToGetRedis})`, () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis(["--requirepass", password]);
  });
  afterAll(() => server?.remove());

  const as = (user: string, word = encoded) => `redis://${user}:${word}@127.0.0.1:${server.port}`;

  test("connects with a password, shows it nowhere, and ends", async () => {
    const redis = await connectRedis(as(""));
    expect(await redis.replays.reserve("a", soon)).toBe(true);
    const shown = inspect(redis, { depth: Infinity, showHidden: true }) + JSON.stringify(redis);
    expect(shown).not.toContain("planted");
    await redis.close();
    const refusal = await Promise.resolve(redis.replays.reserve("b", soon)).catch((error) => error);
    expect(refusal).toBeInstanceOf(Error);
    expect(inspect(refusal, { depth: Infinity })).not.toContain("planted");
  });

  test.concurrent.each([
    ["a wrong password", () => as("", "planted-wrong"), /WRONGPASS/],
    ["no password", () => server.url, /NOAUTH/],
    ["nobody there", () => `redis://:${encoded}@127.0.0.1:1`, /ECONNREFUSED/],
  ])("%s: says so at start, without the password", async (_, address, cause) => {
    const error = await connectRedis(address()).catch((error) => error);
    expect(error.message).toMatch(/^Redis cannot be reached at 127\.0\.0\.1:\d+\.$/);
    expect(String(error.cause)).toMatch(cause);
    expect(inspect(error, { depth: Infinity })).not.toContain("planted");
  });

  test.each(["allkeys-lru", "volatile-lru", "volatile-ttl", "allkeys-random"])(
    "refuses a server with %s",
    async (policy) => {
      const keyspace = await openKeyspace(as(""));
      try {
        await keyspace.client.configSet("maxmemory-policy", policy);
        const refusal = connectRedis(as(""));
        await expect(refusal).rejects.toBeInstanceOf(ConfigurationError);
        await expect(refusal).rejects.toThrow(
          new RegExp(`maxmemory-policy "${policy}".*maxmemory-policy noeviction`, "s"),
        );
      } finally {
        await keyspace.client.configSet("maxmemory-policy", "noeviction");
        keyspace.close();
      }
    },
  );

  test("needs no more permissions than the README lists", async () => {
    const readme = await import("node:fs/promises").then(({ readFile }) =>
      readFile(new URL("../README.md", import.meta.url), "utf8"),
    );
    const [, rules = ""] = /ACL SETUSER orders (.*)/.exec(readme) ?? [];
    const keyspace = await openKeyspace(as(""));
    await keyspace.client.sendCommand([
      ..."ACL SETUSER orders".split(" "),
      ...rules.replace("PASSWORD", password).split(" "),
    ]);
    const redis = await connectRedis(as("orders"), { prefix: "orders" });
    try {
      await redis.revocations.revoke("a", soon);
      expect(await redis.revocations.isRevoked(["a"])).toBe(true);
      await redis.apiKeys.add({ id: "k", hash: "h", subject: "s" });
      expect(await redis.apiKeys.replace("k", { id: "l", hash: "i", subject: "s" }, soon)).toBe(
        true,
      );
      expect(await redis.apiKeys.list("s")).toHaveLength(2);
      await redis.throttle({ name: "t", points: 1, duration: 1 }).consume("a");
      const tokens = redis.tokens({ encryptionKey: new Uint8Array(32) });
      await tokens.write("a", "b");
      expect(await tokens.read("a")).toBe("b");
      expect(await redis.lock.hold("a", async () => "held")).toBe("held");
      const other = await connectRedis(as("orders"), { prefix: "others" });
      await expect(other.replays.reserve("a", soon)).rejects.toThrow(/NOPERM|permission/);
      await other.close();
    } finally {
      await redis.close();
      keyspace.close();
    }
  });

  test("takes a client of the application's, and leaves it open", async () => {
    const client = await createClient({ url: as("") }).connect();
    const redis = await connectRedis(client);
    expect(client.listenerCount("error")).toBe(1);
    await connectRedis(client);
    expect(client.listenerCount("error")).toBe(1);
    await redis.close();
    expect(await client.ping()).toBe("PONG");
    client.destroy();
  });

  test("keeps services with different prefixes apart", async () => {
    const [a, b] = [await connectRedis(as("")), await connectRedis(as(""), { prefix: "b" })];
    await a.revocations.revoke("key", soon);
    expect(await b.revocations.isRevoked(["key"])).toBe(false);
    expect(await b.replays.reserve("once", soon)).toBe(true);
    expect(await a.replays.reserve("once", soon)).toBe(true);
    await Promise.all([a.close(), b.close()]);
  });

  test("a server that is full refuses, and forgets nothing", async () => {
    const keyspace = await openKeyspace(as(""));
    const redis = await connectRedis(as(""), { prefix: "full" });
    try {
      expect(await redis.replays.reserve("before", soon)).toBe(true);
      await keyspace.client.configSet("maxmemory", "1mb");
      await expect(redis.replays.reserve("after", soon)).rejects.toThrow(/OOM/);
      expect(await redis.replays.isTaken?.("before")).toBe(true);
    } finally {
      await keyspace.client.configSet("maxmemory", "0");
      keyspace.close();
      await redis.close();
    }
  });
});
