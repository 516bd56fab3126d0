import { randomUUID } from "node:crypto";
import type { RefreshTokenRecord, Rotation } from "@countersign/core/state";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connectRedis } from "./connect-redis.ts";
import { howToGetRedis, type RedisServer, startRedis, withoutRedis } from "./redis.fixture.ts";
import type { RedisState } from "./redis-state.ts";
import { startWorkers, type Workers } from "./workers.fixture.ts";

const processes = 8;
const rounds = Array.from({ length: 20 }, (_, at) => at);

describe.skipIf(withoutRedis)(`eight processes on one Redis (${howToGetRedis})`, () => {
  let server: RedisServer;
  let redis: RedisState;
  let workers: Workers;
  beforeAll(async () => {
    server = await startRedis();
    redis = await connectRedis(server.url);
    workers = await startWorkers(server.url, processes);
  }, 60_000);
  afterAll(async () => {
    workers?.end();
    await redis?.close();
    await server?.remove();
  });

  const now = () => Math.floor(Date.now() / 1000);
  const login = async () => {
    const record: RefreshTokenRecord = {
      hash: randomUUID(),
      family: randomUUID(),
      grant: { subject: randomUUID(), audience: [], scopes: [] },
      expiresAt: now() + 3600,
      loginEndsAt: now() + 3600,
    };
    await redis.refreshTokens.start(record);
    return record;
  };
  const rotationOf = (record: RefreshTokenRecord, changes: Partial<Rotation> = {}): Rotation => ({
    presented: record.hash,
    successor: { ...record, hash: randomUUID() },
    sealedAnswer: randomUUID(),
    replayUntil: now() + 10,
    now: now(),
    ...changes,
  });

  test.each(rounds)("a refresh token used by all at once rotates once (%i)", async () => {
    const record = await login();
    const rotations = workers.processes.map(() => rotationOf(record));
    const outcomes = await workers.all("rotate", (nth) => rotations[nth] as Rotation);
    const winners = rotations.filter((_, nth) => outcomes[nth]?.kind === "rotated");
    expect(winners).toHaveLength(1);
    const answer = { kind: "replayed", sealedAnswer: winners[0]?.sealedAnswer };
    expect(outcomes.filter(({ kind }) => kind !== "rotated")).toEqual(Array(7).fill(answer));
    const alive = [];
    for (const { successor } of rotations) {
      const found = await redis.refreshTokens.find(successor.hash);
      if (found) alive.push(found.hash);
    }
    expect(alive).toEqual([winners[0]?.successor.hash]);
  });

  test("a refresh token used by all at once when its window is over ends its login once", async () => {
    const record = await login();
    const first = rotationOf(record, { replayUntil: now() });
    await redis.refreshTokens.rotate(first);
    const outcomes = await workers.all("rotate", () => rotationOf(record));
    const kinds = outcomes.map(({ kind }) => kind).sort();
    expect(kinds).toEqual([...Array(7).fill("gone"), "reused"]);
    expect(await redis.refreshTokens.find(first.successor.hash)).toBeUndefined();
  });

  test("a proof's jti is taken by one", async () => {
    for (const round of rounds) {
      const taken = await workers.all("reserve", () => `dpop:${round}`);
      expect(taken.filter(Boolean)).toHaveLength(1);
    }
  });

  test("signing keys change once", async () => {
    for (const version of rounds) {
      const keysOf = (nth: number) => [{ kid: `${version}-${nth}`, signsFrom: 0, sealed: "v1" }];
      const changed = await workers.all("replaceSigningKeys", (nth) => ({
        version,
        keys: keysOf(nth),
      }));
      expect(changed.filter(Boolean)).toHaveLength(1);
      const state = { version: version + 1, keys: keysOf(changed.indexOf(true)) };
      expect(await workers.all("readSigningKeys", () => undefined)).toEqual(Array(8).fill(state));
    }
  });

  test("an API key is replaced once", async () => {
    await redis.apiKeys.add({ id: "old", hash: "old", subject: "ada" });
    const successorOf = (nth: number) => ({ id: `new-${nth}`, hash: `new-${nth}`, subject: "ada" });
    const replaced = await workers.all("replaceApiKey", (nth) => ({
      id: "old",
      successor: successorOf(nth),
    }));
    expect(replaced.filter(Boolean)).toHaveLength(1);
    expect(await redis.apiKeys.list("ada")).toHaveLength(2);
  });

  test("what one revokes is revoked for all, at once", async () => {
    const key = `sid:${randomUUID()}`;
    const ask = () => workers.all("isRevoked", () => key);
    expect(await ask()).toEqual(Array(8).fill(false));
    await redis.revocations.revoke(key, now() + 60);
    expect(await ask()).toEqual(Array(8).fill(true));
  });

  test("a login, and all of a user's, end for all", async () => {
    const [one, other] = [await login(), await login()];
    const find = (hash: string) => workers.all("findToken", () => hash);
    expect(await find(one.hash)).toEqual(Array(8).fill({ ...one, isUsed: false }));
    await redis.refreshTokens.revokeFamily(one.family);
    expect(await find(one.hash)).toEqual(Array(8).fill(undefined));
    await redis.refreshTokens.revokeSubject(other.grant.subject);
    expect(await find(other.hash)).toEqual(Array(8).fill(undefined));
  });

  test("no login of a user lives on when all refresh while it is ended", async () => {
    for (const _ of rounds) {
      const record = await login();
      const rotations = workers.processes.map(() => rotationOf(record));
      const [outcomes] = await Promise.all([
        workers.all("rotate", (nth) => rotations[nth] as Rotation),
        new Promise((resolve) => setTimeout(resolve, 51)).then(() =>
          redis.refreshTokens.revokeSubject(record.grant.subject),
        ),
      ]);
      expect(outcomes.filter(({ kind }) => kind === "rotated").length).toBeLessThanOrEqual(1);
      for (const { hash } of [record, ...rotations.map(({ successor }) => successor)]) {
        expect(await redis.refreshTokens.find(hash)).toBeUndefined();
      }
      expect(await redis.refreshTokens.families(record.grant.subject)).toEqual([]);
    }
  });
});
