/** One process of `workers.fixture.ts`: `node worker.fixture.ts REDIS_URL`. */
import { open, rm } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import type { ApiKeyRecord, Rotation, SigningKeyRecord } from "@countersign/core/state";
import { connectRedis } from "./connect-redis.ts";
import type { Order, Outcome } from "./workers.fixture.ts";

const [, , url = ""] = process.argv;
const redis = await connectRedis(url);
const inAMinute = () => Math.floor(Date.now() / 1000) + 60;

const jobs = {
  rotate: async (rotation: Rotation) => redis.refreshTokens.rotate(rotation),
  findToken: async (hash: string) => redis.refreshTokens.find(hash),
  reserve: async (key: string) => redis.replays.reserve(key, inAMinute()),
  isRevoked: async (key: string) => redis.revocations.isRevoked([key]),
  readSigningKeys: async () => redis.signingKeys.read(),
  replaceSigningKeys: async (change: { version: number; keys: readonly SigningKeyRecord[] }) =>
    redis.signingKeys.replace(change.version, change.keys),
  replaceApiKey: async (change: { id: string; successor: ApiKeyRecord }) =>
    redis.apiKeys.replace(change.id, change.successor, inAMinute()),
  /** Holds the lock for some time, and fails if the file that only its holder may have is there. */
  hold: async ({ key, file, milliseconds }: { key: string; file: string; milliseconds: number }) =>
    redis.lock.hold(key, async () => {
      await (await open(file, "wx")).close();
      await pause(milliseconds);
      await rm(file);
      return process.pid;
    }),
};
export type Jobs = typeof jobs;

process.on("disconnect", () => process.exit());
process.on("message", async (order: Order) => process.send?.(await outcomeOf(order)));
process.send?.({ value: "ready" });

async function outcomeOf({ job, given, at }: Order): Promise<Outcome> {
  try {
    while (Date.now() < at); // to the millisecond
    return { value: await jobs[job](given as never) };
  } catch (error) {
    return { failure: String(error) };
  }
}
