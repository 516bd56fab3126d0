import { afterEach, describe, expect, it } from "vitest";
import type { Database } from "../database.ts";
import { describeDatabases } from "../databases.fixture.ts";
import { openDatabase } from "../open-database.ts";
import { toStoredTime } from "./time.ts";

const start = 1_800_000_000;
const clock = { time: start * 1000, now: () => clock.time };
const turnTo = (seconds: number) => {
  clock.time = seconds * 1000;
};

describeDatabases(({ createUrl, run }) => {
  let database: Database | undefined;
  let url: string;
  afterEach(() => database?.close());

  async function open() {
    turnTo(start);
    url = await createUrl();
    database = await openDatabase(url, { clock, timeout: 20, sweepInterval: 0 });
    return database;
  }
  const count = async (table: string) =>
    Number((await run(url, `select count(*) as count from countersign_${table}`))[0]?.count);

  describe("used keys", () => {
    it("are taken up to the second in which they expire, and free from then on", async () => {
      const { replays } = await open();
      expect(await replays.reserve("a", start + 60)).toBe(true);
      clock.time = (start + 60) * 1000 - 1;
      expect(await replays.isTaken?.("a")).toBe(true);
      expect(await replays.reserve("a", start + 600)).toBe(false);
      turnTo(start + 60);
      expect(await replays.isTaken?.("a")).toBe(false);
      expect(await replays.reserve("a", start + 120)).toBe(true);
      expect(await replays.reserve("a", start + 120)).toBe(false);
    });

    it("are given out for a part of a second as for a whole one, and for ever", async () => {
      const { replays } = await open();
      expect(await replays.reserve("part", start + 0.5)).toBe(true);
      clock.time += 600;
      expect(await replays.reserve("part", start + 10)).toBe(false);
      expect(await replays.reserve("ever", Number.POSITIVE_INFINITY)).toBe(true);
      turnTo(start * 2);
      expect(await replays.reserve("ever", Number.POSITIVE_INFINITY)).toBe(false);
    });

    it.each([0, -1, start, start - 0.5, Number.NaN, Number.NEGATIVE_INFINITY])(
      "are given to nobody until %s",
      async (expiresAt) => {
        const { replays } = await open();
        expect(await replays.reserve("a", expiresAt)).toBe(false);
        expect(await count("replays")).toBe(0);
      },
    );
  });

  describe("revocations", () => {
    it("need a time", async () => {
      const { revocations } = await open();
      await expect(async () => revocations.revoke("a", Number.NaN)).rejects.toThrow("time");
      await revocations.revoke("a", Number.POSITIVE_INFINITY);
      expect(await revocations.isRevoked(["a"])).toBe(true);
    });

    it("hold until the later time, and are swept after it", async () => {
      const { revocations, sweep } = await open();
      await revocations.revoke("a", start + 600);
      await revocations.revoke("a", start + 60);
      await revocations.revoke("b", start + 60);
      turnTo(start + 60 + 300);
      expect(await sweep()).toBe(1);
      expect(await revocations.isRevoked(["a"])).toBe(true);
      expect(await revocations.isRevoked(["b"])).toBe(false);
    });
  });

  describe("a throttle", () => {
    const options = { name: "logins", points: 2, duration: 60 };

    it("opens a window with the first attempt, and another when it is over", async () => {
      const throttle = (await open()).throttle(options);
      await throttle.consume("a");
      turnTo(start + 50);
      await throttle.consume("a");
      await expect(throttle.consume("a")).rejects.toEqual({ msBeforeNext: 10_000 });
      expect(await throttle.get?.("a")).toEqual({ remainingPoints: 0, msBeforeNext: 10_000 });
      turnTo(start + 60);
      expect(await throttle.get?.("a")).toBeUndefined();
      await throttle.consume("a");
      expect(await throttle.get?.("a")).toEqual({ remainingPoints: 1, msBeforeNext: 60_000 });
    });

    it("takes nothing for what it refuses", async () => {
      const throttle = (await open()).throttle(options);
      for (const _ of [1, 2]) await throttle.consume("a");
      for (const _ of [1, 2, 3]) await expect(throttle.consume("a")).rejects.toBeDefined();
      await throttle.reward("a");
      await throttle.consume("a");
    });

    it("gives nothing back that was not taken", async () => {
      const throttle = (await open()).throttle(options);
      await throttle.reward("a");
      await throttle.consume("a");
      for (const _ of [1, 2, 3]) await throttle.reward("a");
      for (const _ of [1, 2]) await throttle.consume("a");
      await expect(throttle.consume("a")).rejects.toHaveProperty("msBeforeNext");
    });

    it("counts apart from another, and with another database object of its name", async () => {
      const { throttle } = await open();
      const second = await openDatabase(url, { clock });
      for (const _ of [1, 2]) await throttle(options).consume("a");
      await throttle({ ...options, name: "keys" }).consume("a");
      await expect(second.throttle(options).consume("a")).rejects.toHaveProperty("msBeforeNext");
      await second.close();
    });

    it("keeps nothing of what callers claim", async () => {
      const throttle = (await open()).throttle(options);
      await throttle.consume("subject ada@example.com");
      expect(JSON.stringify(await run(url, "select * from countersign_throttle"))).not.toMatch(
        /ada|subject/,
      );
    });
  });
});

describe("a stored time", () => {
  it.each([
    [1, 1],
    [0.1, 1],
    [-0.5, -0],
    [Number.POSITIVE_INFINITY, Number.MAX_SAFE_INTEGER],
    [1e300, Number.MAX_SAFE_INTEGER],
  ])("of %s is %s", (given, stored) => {
    expect(toStoredTime(given)).toBe(stored);
  });
});
