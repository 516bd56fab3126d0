import { randomUUID } from "node:crypto";
import type { RefreshTokenRecord, Rotation } from "@countersign/core/state";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { connectRedis } from "../connect-redis.ts";
import { type Connection, createConnection } from "../connection/connection.ts";
import { openKeyspace } from "../keyspace.fixture.ts";
import {
  howToGetRedis,
  type RedisServer,
  startRedis,
  until,
  withoutRedis,
} from "../redis.fixture.ts";
import type { RedisState } from "../redis-state.ts";
import { createKeyNames } from "./key-names.ts";
import * as scripts from "./refresh-token-scripts.ts";
import { createRefreshTokens } from "./refresh-tokens.ts";

const hour = 3600;
const now = Math.floor(Date.now() / 1000);

function recordOf(changes: Partial<RefreshTokenRecord> = {}): RefreshTokenRecord {
  return {
    hash: randomUUID(),
    family: randomUUID(),
    grant: { subject: "ada", audience: [], scopes: [] },
    expiresAt: now + hour,
    loginEndsAt: now + 24 * hour,
    ...changes,
  };
}

function rotationOf(
  record: RefreshTokenRecord,
  changes: Partial<RefreshTokenRecord> = {},
): Rotation {
  return {
    presented: record.hash,
    successor: { ...record, hash: randomUUID(), ...changes },
    sealedAnswer: randomUUID(),
    replayUntil: now + 10,
    now,
  };
}

describe.skipIf(withoutRedis)(`refresh tokens on Redis (${howToGetRedis})`, () => {
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

  const endsOf = async (part: string) => {
    const keys = (await keyspace.keys()).filter((key) => key.includes(part));
    const ends = await Promise.all(keys.map((key) => keyspace.client.pExpireTime(key)));
    return ends.map((end) => Math.floor(end / 1000) - now).sort((a, b) => a - b);
  };

  /** A store that does something else between the steps of its own. */
  const interrupted = (before: (script: unknown) => Promise<unknown> | undefined) => {
    const { run } = createConnection(keyspace.client);
    const connection: Connection = {
      async run(script, ...rest) {
        await before(script);
        return run(script, ...rest);
      },
    };
    return createRefreshTokens(connection, createKeyNames("countersign"), Date);
  };

  test("a rotation that has begun when a user's logins end leaves nothing alive", async () => {
    const record = recordOf();
    await redis.refreshTokens.start(record);
    const store = interrupted((script) =>
      script === scripts.rotate
        ? Promise.resolve(redis.refreshTokens.revokeSubject("ada"))
        : undefined,
    );
    const rotation = rotationOf(record);
    // As if it had come first: its successor ended with all others.
    expect(await store.rotate(rotation)).toEqual({ kind: "rotated" });
    for (const { hash } of [record, rotation.successor]) {
      expect(await redis.refreshTokens.find(hash)).toBeUndefined();
      expect(await redis.refreshTokens.rotate(rotationOf({ ...record, hash }))).toEqual({
        kind: "gone",
      });
    }
  });

  test("a login that begins while all of a user's end is there whole or not at all", async () => {
    for (const step of [scripts.start, scripts.place, scripts.list]) {
      const record = recordOf();
      let ended = false;
      const store = interrupted(async (script) => {
        if (script !== step || ended) return;
        ended = true;
        await redis.refreshTokens.revokeSubject("ada");
      });
      await store.start(record);
      expect(ended).toBe(true);
      const found = await redis.refreshTokens.find(record.hash);
      const listed = await redis.refreshTokens.families("ada");
      expect(listed.includes(record.family)).toBe(found !== undefined);
      await redis.refreshTokens.revokeSubject("ada");
      expect(await redis.refreshTokens.find(record.hash)).toBeUndefined();
    }
  });

  test("a process that dies at any step of a start or a rotation breaks no login", async () => {
    const steps = [scripts.start, scripts.place, scripts.list, scripts.isListed, scripts.rotate];
    for (const step of steps) {
      const dying = interrupted((script) =>
        script === step ? Promise.reject(new Error("It has died.")) : undefined,
      );
      const [fresh, going] = [recordOf(), recordOf()];
      await Promise.resolve(dying.start(fresh)).catch(() => {});
      await redis.refreshTokens.start(going);
      const lost = rotationOf(going);
      await Promise.resolve(dying.rotate(lost)).catch(() => {});
      const found = await redis.refreshTokens.find(going.hash);
      // Either nothing has happened, or all of it.
      const current = found?.isUsed ? lost.successor : going;
      expect(await redis.refreshTokens.rotate(rotationOf(current))).toEqual({ kind: "rotated" });
    }
  });

  test("every key ends with what it is for, and a minute for clocks that differ", async () => {
    const record = recordOf();
    await redis.refreshTokens.start(record);
    const minute = 60;
    expect(await endsOf("{login:")).toEqual([hour + minute, hour + minute]);
    expect(await endsOf("{refresh-token:")).toEqual([hour + minute]);
    expect(await endsOf("{logins:")).toEqual([24 * hour + minute]);
    await redis.refreshTokens.rotate(rotationOf(record, { expiresAt: now + 2 * hour }));
    expect(await endsOf("{login:")).toEqual([hour, 2 * hour, 2 * hour].map((end) => end + minute));
    expect(await endsOf("{refresh-token:")).toEqual([hour + minute, 2 * hour + minute]);
  });

  test("a login stays recognisable for as long as its longest token", async () => {
    const record = recordOf();
    await redis.refreshTokens.start(record);
    // The last one before the login ends.
    await redis.refreshTokens.rotate(rotationOf(record, { expiresAt: now + 60 }));
    const [login = ""] = (await keyspace.keys()).filter((key) => /\{login:.*\}$/.test(key));
    expect(Math.floor((await keyspace.client.pExpireTime(login)) / 1000)).toBe(now + hour + 60);
  });

  test("a shorter login does not shorten the list of a user's logins", async () => {
    await redis.refreshTokens.start(recordOf());
    await redis.refreshTokens.start(recordOf({ loginEndsAt: now + 2 * hour }));
    expect(await endsOf("{logins:")).toEqual([24 * hour + 60]);
    await redis.refreshTokens.start(recordOf({ loginEndsAt: now + 48 * hour }));
    expect(await endsOf("{logins:")).toEqual([48 * hour + 60]);
  });

  test("logins that have ended leave the list", async () => {
    const past = recordOf({ expiresAt: now - hour, loginEndsAt: now - hour });
    await redis.refreshTokens.start(past);
    const [one, other] = [recordOf(), recordOf()];
    await redis.refreshTokens.start(one);
    await redis.refreshTokens.start(other);
    await redis.refreshTokens.revokeFamily(one.family);
    const [list = ""] = (await keyspace.keys()).filter((key) => key.includes("{logins:"));
    expect(await keyspace.client.zRange(list, 0, -1)).toEqual([other.family]);
    expect(await redis.refreshTokens.families("ada")).toEqual([other.family]);
  });

  test("a login that a stolen token has ended is listed no more", async () => {
    const record = recordOf();
    await redis.refreshTokens.start(record);
    await redis.refreshTokens.rotate({ ...rotationOf(record), replayUntil: now });
    const { family } = record;
    expect(await redis.refreshTokens.rotate(rotationOf(record))).toEqual({
      kind: "reused",
      family,
    });
    expect(await redis.refreshTokens.families("ada")).toEqual([]);
  });

  test("a token of another login is no token of this one", async () => {
    const [mine, theirs] = [recordOf(), recordOf()];
    await redis.refreshTokens.start(mine);
    await redis.refreshTokens.start(theirs);
    const mixed = { ...rotationOf(mine), presented: theirs.hash };
    expect(await redis.refreshTokens.rotate(mixed)).toEqual({ kind: "gone" });
    expect((await redis.refreshTokens.find(theirs.hash))?.isUsed).toBe(false);
  });

  test("the old answer is forgotten as soon as its successor is used", async () => {
    const record = recordOf();
    await redis.refreshTokens.start(record);
    const first = rotationOf(record);
    await redis.refreshTokens.rotate(first);
    expect(await keyspace.everything()).toContain(first.sealedAnswer);
    await redis.refreshTokens.rotate(rotationOf(first.successor));
    expect(await keyspace.everything()).not.toContain(first.sealedAnswer);
  });

  test.each(["{", "}", "{}", "{a}{b}", "a b\r\n*1", "", "é", "\u0000"])(
    "a family and a subject may be called %j",
    async (name) => {
      const grant = { subject: name, audience: [], scopes: [] };
      const record = recordOf({ family: name, grant, hash: `${name}-hash` });
      await redis.refreshTokens.start(record);
      expect(await redis.refreshTokens.find(record.hash)).toEqual({ ...record, isUsed: false });
      expect(await redis.refreshTokens.families(name)).toEqual([name]);
      await redis.refreshTokens.revokeSubject(name);
      expect(await redis.refreshTokens.find(record.hash)).toBeUndefined();
    },
  );

  test("one that writes before it answers knows every login after a power failure", async () => {
    const durable = await startRedis(["--appendonly", "yes", "--appendfsync", "always"]);
    const { refreshTokens, close } = await connectRedis(durable.url);
    try {
      const record = recordOf();
      await refreshTokens.start(record);
      const rotation = rotationOf(record);
      await refreshTokens.rotate(rotation);
      await durable.kill();
      await durable.start();
      const { successor, sealedAnswer } = rotation;
      await until(async () => (await refreshTokens.find(successor.hash))?.isUsed === false);
      const retry = await refreshTokens.rotate(rotationOf(record));
      expect(retry).toEqual({ kind: "replayed", sealedAnswer });
    } finally {
      await close();
      await durable.remove();
    }
  });

  test("a Redis that comes back empty knows no login, and takes new ones", async () => {
    const record = recordOf();
    await redis.refreshTokens.start(record);
    await server.kill();
    await expect(redis.refreshTokens.find(record.hash)).rejects.toThrow();
    await server.start();
    await until(async () => (await redis.refreshTokens.find(record.hash)) === undefined);
    expect(await redis.refreshTokens.rotate(rotationOf(record))).toEqual({ kind: "gone" });
    await redis.refreshTokens.start(record);
    expect(await redis.refreshTokens.rotate(rotationOf(record))).toEqual({ kind: "rotated" });
    await until(async () => keyspace.client.isReady);
  });
});
