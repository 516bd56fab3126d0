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

/** As the queries of many database libraries are. */
const thenable = <T>(then: T) => ({ then });

test("what can be awaited is waited for, be it no promise", async () => {
  const query = thenable((resolve: (value: number) => void) => resolve(1)) as Promise<number>;
  expect(await after(query, (value) => value + 1)).toBe(2);
  expect(await together([query, 2])).toEqual([1, 2]);
  expect(after(thenable(1), () => "now")).toBe("now");
});
