import { describe, expect, test } from "vitest";
import { createMemoryThrottle } from "./memory-throttle.ts";
import { throttleContract, throttleContractLimits } from "./throttle-contract.ts";

describe("contract", () => {
  test.each(throttleContract)("$name", ({ run }) =>
    run(createMemoryThrottle(throttleContractLimits)),
  );
});

test("what is left can be told, without taking a point, until the window ends", async () => {
  const clock = { time: 0, now: () => clock.time };
  const throttle = createMemoryThrottle({ points: 2, duration: 60, clock });
  expect(await throttle.get?.("a")).toBeUndefined();
  await throttle.consume("a");
  clock.time = 10_000;
  for (const _ of [1, 2, 3]) {
    expect(await throttle.get?.("a")).toEqual({ remainingPoints: 1, msBeforeNext: 50_000 });
  }
  await throttle.consume("a");
  expect(await throttle.get?.("a")).toMatchObject({ remainingPoints: 0 });
  await expect(throttle.consume("a")).rejects.toEqual({ msBeforeNext: 50_000 });
  clock.time = 60_000;
  expect(await throttle.get?.("a")).toBeUndefined();
});
