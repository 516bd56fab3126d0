import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../../fixtures/temporary-directory.ts";
import { freeNumber, survey, takeNumber } from "./lock-numbers.ts";

async function placeWith(...names: string[]): Promise<string> {
  const place = await temporaryDirectory();
  for (const name of names) await writeFile(join(place, name), "");
  return place;
}

test("the highest number counts, and is free if it says so", async () => {
  expect(await survey(await placeWith())).toEqual({ top: 0, isFree: true });
  expect(await survey(await placeWith("9", "9.free", "10"))).toEqual({ top: 10, isFree: false });
  expect(await survey(await placeWith("9", "10", "10.free"))).toEqual({ top: 10, isFree: true });
  // Free already, before whoever holds the next one has tidied up; and what is none of ours.
  expect(await survey(await placeWith("10", "10.free", "11.free", "x", "12.tmp"))).toEqual({
    top: 10,
    isFree: true,
  });
});

test("a number is given to one of many", async () => {
  const place = await placeWith("4", "4.free");
  const taking = Array.from({ length: 20 }, (_, nth) => takeNumber(place, 5, `holder ${nth}`));
  expect((await Promise.all(taking)).filter(Boolean)).toHaveLength(1);
  expect(await survey(place)).toEqual({ top: 5, isFree: false });
  await freeNumber(place, 5);
  await freeNumber(place, 5);
  expect(await survey(place)).toEqual({ top: 5, isFree: true });
});

test("somebody slow does not get a number whose time has passed, and leaves nothing behind", async () => {
  const place = await placeWith("4", "4.free", "5");
  expect(await takeNumber(place, 3, "slow")).toBe(false);
  expect((await readdir(place)).sort()).toEqual(["4", "4.free", "5"]);
});

test("whoever takes a number removes all but the one before", async () => {
  const place = await placeWith("2", "2.free", "3", "3.free", "4", "4.free");
  expect(await takeNumber(place, 5, "holder")).toBe(true);
  expect((await readdir(place)).sort()).toEqual(["4", "4.free", "5"]);
});
