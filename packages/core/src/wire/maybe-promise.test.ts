import { expect, test } from "vitest";
import { after, together } from "./maybe-promise.ts";

test("what is there is gone on with at once, what is not when it comes", async () => {
  expect(after(1, (value) => value + 1)).toBe(2);
  expect(await after(Promise.resolve(1), (value) => value + 1)).toBe(2);
});

test("values that are all there make no promise", () => {
  expect(together([])).toEqual([]);
  expect(together([1, 2])).toEqual([1, 2]);
});

test("one that is not there yet makes all wait, in their order", async () => {
  const all = together([1, Promise.resolve(2), 3]);
  expect(all).toBeInstanceOf(Promise);
  expect(await all).toEqual([1, 2, 3]);
});
