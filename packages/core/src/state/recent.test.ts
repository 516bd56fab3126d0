import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRecent } from "./recent.ts";

test("finds what was kept, and nothing else", () => {
  const recent = createRecent<number>(10);
  recent.keep("a", 1);
  recent.keep("b", 2);
  expect(["a", "b", "c", "__proto__"].map(recent.find)).toEqual([1, 2, undefined, undefined]);
});

test("the later of two things under one key", () => {
  const recent = createRecent<number>(4);
  for (const value of [1, 2, 3]) recent.keep("a", value);
  expect(recent.find("a")).toBe(3);
  // Also when the earlier one is of the generation before.
  for (const key of ["b", "c"]) recent.keep(key, 0);
  recent.keep("a", 4);
  expect(recent.find("a")).toBe(4);
});

test("nothing after it has been cleared", () => {
  const recent = createRecent<number>(4);
  for (const key of ["a", "b", "c", "d"]) recent.keep(key, 1);
  recent.clear();
  expect(["a", "b", "c", "d"].map(recent.find)).toEqual(Array(4).fill(undefined));
  recent.keep("e", 5);
  expect(recent.find("e")).toBe(5);
});

describe("a bounded memory", () => {
  for (const limit of [2, 3, 5, 100]) {
    test(`of ${limit} out of 10,000, the last ones`, () => {
      const recent = createRecent<number>(limit);
      for (let key = 0; key < 10_000; key++) recent.keep(`${key}`, key);
      const known = Array.from({ length: 10_000 }, (_, key) => key).filter(
        // From the latest on: to find is to keep.
        (_, at) => recent.find(`${9999 - at}`) !== undefined,
      );
      expect(known.length).toBeLessThanOrEqual(limit);
      expect(known.length).toBeGreaterThanOrEqual(Math.floor(limit / 2));
    });
  }

  test("never more than the limit, whatever is kept and found", () => {
    const step = fc.record({ key: fc.nat(20), isKept: fc.boolean() });
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 9 }), fc.array(step), (limit, steps) => {
        const recent = createRecent<number>(limit);
        for (const { key, isKept } of steps) {
          if (isKept) recent.keep(`${key}`, key);
          else expect([key, undefined]).toContain(recent.find(`${key}`));
        }
        // To find the last thing again moves it at most, and makes no room for what was forgotten.
        const known = Array.from({ length: 21 }, (_, key) => recent.find(`${key}`));
        expect(known.filter((value) => value !== undefined).length).toBeLessThanOrEqual(limit);
      }),
    );
  });
});

test("what is used again and again outlives what comes once", () => {
  const recent = createRecent<string>(10);
  recent.keep("often", "used");
  for (let key = 0; key < 1000; key++) {
    recent.keep(`${key}`, "once");
    if (key % 4 === 0) expect(recent.find("often")).toBe("used");
  }
  expect(recent.find("0")).toBeUndefined();
});
