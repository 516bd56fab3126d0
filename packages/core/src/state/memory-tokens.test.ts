import { describe, expect, test } from "vitest";
import { lockContract } from "./lock-contract.ts";
import { createMemoryLock, createMemoryTokens } from "./memory-tokens.ts";
import { tokenStoreContract } from "./token-store-contract.ts";
import type { Lock } from "./tokens.ts";

describe("a store of tokens in memory", () => {
  test.each(tokenStoreContract)("$name", ({ run }) => run(createMemoryTokens()));

  test("throws when it is full, and forgets nothing", async () => {
    const store = createMemoryTokens({ limit: 2 });
    store.write("a", "1");
    store.write("b", "2");
    expect(() => store.write("c", "3")).toThrow(/full.*limit of 2/);
    store.write("a", "4");
    expect([store.read("a"), store.read("b"), store.read("c")]).toEqual(["4", "2", undefined]);
    store.remove("b");
    store.write("c", "3");
    expect(store.read("c")).toBe("3");
  });
});

describe("a lock in memory", () => {
  test.each(lockContract)("$name", ({ run }) => {
    const lock = createMemoryLock();
    return run([lock, lock]);
  });

  test("serves who comes first, first", async () => {
    const lock = createMemoryLock();
    const order: number[] = [];
    const holds = [1, 2, 3, 4].map((nth) => lock.hold("key", async () => void order.push(nth)));
    await Promise.all(holds);
    expect(order).toEqual([1, 2, 3, 4]);
  });
});

describe("the lock contract finds", () => {
  const failures = async (lock: Lock) => {
    const results = await Promise.allSettled(lockContract.map(({ run }) => run([lock, lock])));
    return results.filter(({ status }) => status === "rejected").length;
  };

  test("a lock that locks nothing", async () => {
    expect(await failures({ hold: (_key, task) => task() })).toBeGreaterThanOrEqual(2);
  });

  test("a lock that does not run the task of a second holder", async () => {
    const taken = new Set<string>();
    const hold: Lock["hold"] = async (key, task) => {
      if (taken.has(key)) throw new Error("taken");
      taken.add(key);
      return task().finally(() => taken.delete(key));
    };
    expect(await failures({ hold })).toBeGreaterThanOrEqual(2);
  });
});
