import type { ContractCase } from "./refresh-token-contract.ts";
import { same } from "./same.ts";
import type { Throttle } from "./throttle.ts";

/**
 * The limits of the throttles that {@link throttleContract} takes.
 *
 * @example
 * createMemoryThrottle(throttleContractLimits);
 */
export const throttleContractLimits = { points: 3, duration: 60 };

/**
 * What every {@link Throttle} promises, for any test runner, given one with `throttleContractLimits`.
 *
 * @example
 * for (const { name, run } of throttleContract) {
 *   test(name, () => run(createMyThrottle(throttleContractLimits)));
 * }
 */
export const throttleContract: readonly ContractCase<Throttle>[] = [
  {
    name: "lets as many attempts through as there are points, and says how long to wait for more",
    async run(throttle) {
      for (let point = 0; point < points; point++) await throttle.consume("a");
      for (const _ of ["the first attempt too many", "another"]) {
        const { msBeforeNext } = await refusalOf(throttle, "a");
        same(msBeforeNext > 0 && msBeforeNext <= (duration + 1) * 1000, true, "is there an end");
      }
    },
  },
  {
    name: "lets no more of many at once through than there are points",
    async run(throttle) {
      const attempts = Array.from({ length: 50 }, () => throttle.consume("a"));
      const results = await Promise.allSettled(attempts);
      const passed = results.filter(({ status }) => status === "fulfilled");
      same(passed.length, points, "how many of fifty got through");
      const errors = results.filter((each) => each.status === "rejected" && isError(each.reason));
      same(errors.length, 0, "how many were answered with an Error, which means that nobody knows");
    },
  },
  {
    name: "keeps keys apart, however alike or odd",
    async run(throttle) {
      const key = "subject AQIDBA zoë'; --";
      const alike = [key, key.toUpperCase(), `${key} `, `${key}\u0000`, key.repeat(200), ""];
      for (const each of alike) {
        for (let point = 0; point < points; point++) await throttle.consume(each);
      }
      for (const each of alike) await refusalOf(throttle, each);
    },
  },
  {
    name: "gives points back",
    async run(throttle) {
      for (let attempt = 0; attempt < 3 * points; attempt++) {
        await throttle.consume("a");
        await throttle.reward("a");
      }
      for (let point = 0; point < points; point++) await throttle.consume("a");
      await refusalOf(throttle, "a");
    },
  },
  {
    name: "tells what is left of a key's points, and takes none by it",
    async run(throttle) {
      if (!throttle.get) return;
      same((await throttle.get("a")) ?? null, null, "a key that nobody has tried");
      for (let left = points - 1; left >= 0; left--) {
        await throttle.consume("a");
        for (const _ of [1, 2]) {
          const found = await throttle.get("a");
          same(found?.remainingPoints, left, "the points that are left");
          same((found?.msBeforeNext ?? 0) > 0, true, "is there an end");
        }
      }
    },
  },
];

const { points, duration } = throttleContractLimits;

async function refusalOf(throttle: Throttle, key: string): Promise<{ msBeforeNext: number }> {
  try {
    await throttle.consume(key);
  } catch (refusal) {
    same(isError(refusal), false, "is the refusal an Error, which means that nobody knows");
    same(typeof (refusal as { msBeforeNext?: unknown }).msBeforeNext, "number", "the time to wait");
    return refusal as { msBeforeNext: number };
  }
  throw new Error("an attempt too many: expected a refusal, and there was none");
}

function isError(value: unknown): boolean {
  return value instanceof Error;
}
