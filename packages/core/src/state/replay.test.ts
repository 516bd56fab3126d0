import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { createMemoryReplays } from "./replay.ts";
import { replayContract } from "./replay-contract.ts";

describe("contract", () => {
  for (const { name, run } of replayContract) {
    test(name, () => run(createMemoryReplays()));
  }
});

describe("time and bounds", () => {
  test("a key is taken up to the second in which it expires, and free from then on", () => {
    const clock = at(0);
    const store = createMemoryReplays({ clock });
    expect(store.reserve("a", 60)).toBe(true);
    clock.time = 59_999;
    expect(store.reserve("a", 120)).toBe(false);
    clock.time = 60_000;
    expect(store.reserve("a", 120)).toBe(true);
    expect(store.reserve("a", 120)).toBe(false);
  });

  test("a refused use does not change when the key expires", () => {
    const clock = at(0);
    const store = createMemoryReplays({ clock });
    store.reserve("a", 60);
    expect(store.reserve("a", 10)).toBe(false);
    clock.time = 30_000;
    expect(store.reserve("a", 600)).toBe(false);
    clock.time = 60_000;
    expect(store.reserve("a", 600)).toBe(true);
  });

  test("a part of a second counts as a whole one", () => {
    const clock = at(0);
    const store = createMemoryReplays({ clock });
    expect(store.reserve("a", 0.5)).toBe(true);
    clock.time = 600;
    expect(store.reserve("a", 10)).toBe(false);
  });

  test.each([0, -1, 5, Number.NaN, Number.NEGATIVE_INFINITY])(
    "nobody gets a key until %s at second 5, and nothing is kept",
    (expiresAt) => {
      const store = createMemoryReplays({ limit: 1, clock: at(5000) });
      expect(store.reserve("a", expiresAt)).toBe(false);
      expect(store.reserve("a", 6)).toBe(true);
    },
  );

  test("a full store throws, forgets nothing, and still recognises what it holds", () => {
    const clock = at(0);
    const store = createMemoryReplays({ limit: 2, clock });
    store.reserve("a", 60);
    store.reserve("b", 120);
    expect(() => store.reserve("c", 60)).toThrow("full");
    expect(store.reserve("a", 60)).toBe(false);
    expect(store.reserve("b", 60)).toBe(false);
    clock.time = 59_999;
    expect(() => store.reserve("c", 120)).toThrow("full");
  });

  test("expired keys make room, live ones do not", () => {
    const clock = at(0);
    const store = createMemoryReplays({ limit: 2, clock });
    store.reserve("short", 60);
    store.reserve("long", 120);
    clock.time = 60_000;
    expect(store.reserve("c", 120)).toBe(true);
    expect(() => store.reserve("d", 120)).toThrow("full");
    expect(store.reserve("long", 120)).toBe(false);
  });

  test("keys come and go without end", () => {
    const clock = at(0);
    const store = createMemoryReplays({ limit: 100, clock });
    for (let second = 0; second < 5000; second++) {
      clock.time = second * 1000;
      expect(store.reserve(`key ${second}`, second + 100)).toBe(true);
    }
  });

  test("a clock that is set back frees nothing", () => {
    const clock = at(60_000);
    const store = createMemoryReplays({ clock });
    store.reserve("a", 120);
    clock.time = 0;
    expect(store.reserve("a", 120)).toBe(false);
  });
});

test("what is taken can be told, and for no longer than it is", () => {
  const clock = at(0);
  const store = createMemoryReplays({ clock });
  expect(store.isTaken?.("a")).toBe(false);
  store.reserve("a", 60);
  expect(store.isTaken?.("a")).toBe(true);
  clock.time = 60_000;
  expect(store.isTaken?.("a")).toBe(false);
});

test("a store shows nothing of what it keeps", () => {
  const store = createMemoryReplays({ clock: at(0) });
  store.reserve("planted", 60);
  const shown = inspect(store, { depth: Infinity, showHidden: true }) + JSON.stringify(store);
  expect(shown).not.toContain("planted");
});

function at(time: number) {
  return {
    time,
    now() {
      return this.time;
    },
  };
}
