import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { connectRedis } from "../connect-redis.ts";
import { createConnection } from "../connection/connection.ts";
import { openKeyspace } from "../keyspace.fixture.ts";
import { howToGetRedis, type RedisServer, startRedis, withoutRedis } from "../redis.fixture.ts";
import type { RedisState } from "../redis-state.ts";
import * as scripts from "./api-key-scripts.ts";
import { createApiKeys } from "./api-keys.ts";
import { createKeyNames } from "./key-names.ts";

const now = Math.floor(Date.now() / 1000);
const [hour, week, minute] = [3600, 7 * 86_400, 60];

describe.skipIf(withoutRedis)(`API keys on Redis (${howToGetRedis})`, () => {
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

  /** When the keys of a kind end, in seconds from now; `never` for those that do not. */
  const endsOf = async (kind: string) => {
    const keys = (await keyspace.keys()).filter((key) => key.includes(`:${kind}:`));
    const ends = await Promise.all(keys.map((key) => keyspace.client.pExpireTime(key)));
    return ends.map((end) => (end < 0 ? "never" : Math.floor(end / 1000) - now));
  };
  const allEnds = async () => [await endsOf("id"), await endsOf("hash"), await endsOf("subject")];
  const keyOf = (id: string, expiresAt?: number) => ({
    id,
    hash: `hash of ${id}`,
    subject: "ada",
    ...(expiresAt !== undefined && { expiresAt }),
  });

  test("a key without an end stays; one with an end is listed for another week", async () => {
    const ends = hour + week + minute;
    await redis.apiKeys.add(keyOf("ending", now + hour));
    expect(await allEnds()).toEqual([[ends], [ends], [ends]]);
    await redis.apiKeys.add(keyOf("endless"));
    expect(await endsOf("subject")).toEqual(["never"]);
    expect((await endsOf("id")).sort()).toEqual([ends, "never"]);
    await redis.apiKeys.remove("endless");
    expect(await allEnds()).toEqual([[ends], [ends], [ends]]);
  });

  test("a replaced key ends", async () => {
    await redis.apiKeys.add(keyOf("old"));
    await redis.apiKeys.replace("old", keyOf("new", now + 2 * hour), now + hour);
    const ends = [hour, 2 * hour].map((end) => end + week + minute);
    expect((await endsOf("id")).sort()).toEqual(ends);
    expect((await endsOf("hash")).sort()).toEqual(ends);
    expect(await endsOf("subject")).toEqual([ends[1]]);
  });

  test("nothing is left of a key that is removed", async () => {
    await redis.apiKeys.add(keyOf("one"));
    await redis.apiKeys.touch?.("one", now);
    expect(await redis.apiKeys.remove("one")).toBe(true);
    expect(await keyspace.keys()).toEqual([]);
  });

  test("keys whose week is over leave the list", async () => {
    await redis.apiKeys.add(keyOf("over", now - week - hour));
    await redis.apiKeys.add(keyOf("here"));
    const ids = async () => (await redis.apiKeys.list("ada")).map(({ id }) => id);
    await expect.poll(ids).toEqual(["here"]);
    await redis.apiKeys.add(keyOf("new"));
    const [list = ""] = (await keyspace.keys()).filter((key) => key.includes(":subject:"));
    expect(await keyspace.client.zCard(list)).toBe(2);
  });

  test("a key that has expired is found, so that its owner learns why it is refused", async () => {
    const expired = keyOf("expired", now - hour);
    await redis.apiKeys.add(expired);
    expect(await redis.apiKeys.find(expired)).toEqual(expired);
    expect(await redis.apiKeys.list("ada")).toHaveLength(1);
  });

  test("a late use of a key that is gone leaves nothing", async () => {
    await redis.apiKeys.touch?.("gone", now);
    expect(await keyspace.keys()).toEqual([]);
  });

  test("a key that is removed, or another by now, is not replaced any more", async () => {
    for (const usurper of [undefined, { ...keyOf("old"), subject: "eve" }]) {
      await keyspace.client.flushAll();
      await redis.apiKeys.add(keyOf("old"));
      const { run } = createConnection(keyspace.client);
      const late = createApiKeys(
        {
          async run(script, ...rest) {
            if (script === scripts.replace) {
              await redis.apiKeys.remove("old");
              if (usurper) await redis.apiKeys.add(usurper);
            }
            return run(script, ...rest);
          },
        },
        createKeyNames("countersign"),
        Date,
      );
      expect(await late.replace("old", keyOf("new"), now + hour)).toBe(false);
      expect(await redis.apiKeys.find(keyOf("old"))).toEqual(usurper);
      expect(await redis.apiKeys.find(keyOf("new"))).toBeUndefined();
    }
  });

  test("removing a key leaves another one's hash alone", async () => {
    const [one, other] = [keyOf("one"), { ...keyOf("other"), hash: "hash of one" }];
    await redis.apiKeys.add(one);
    await redis.apiKeys.add(other);
    await redis.apiKeys.remove("one");
    expect(await redis.apiKeys.find({ hash: "hash of one" })).toEqual(other);
  });
});
