import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../../fixtures/temporary-directory.ts";
import { describeHolder, hasDied } from "./holder.ts";

/** Whether a holder of this name is known to be dead. */
async function isDead(name: string | object): Promise<boolean> {
  const file = join(await temporaryDirectory(), "1");
  await writeFile(file, typeof name === "string" ? name : JSON.stringify(name));
  return hasDied(file);
}

/** The number of a process that has ended. */
async function deadPid(): Promise<number | undefined> {
  const child = spawn(process.execPath, ["--version"], { stdio: "ignore" });
  await once(child, "exit");
  return child.pid;
}

test("a process that has ended is dead, and one that runs is not", async () => {
  const mine = JSON.parse(await describeHolder());
  expect(mine.pid).toBe(process.pid);
  expect(await isDead(mine)).toBe(false);
  expect(await isDead({ ...mine, pid: await deadPid() })).toBe(true);
  expect(await isDead({ ...mine, pid: 1 })).toBe(false); // somebody else's, maybe
});

test("what cannot be told is not dead", async () => {
  const { place } = JSON.parse(await describeHolder());
  const pid = await deadPid();
  // The same number elsewhere means another process: another machine, another container.
  expect(await isDead({ pid, place: "elsewhere" })).toBe(false);
  expect(await isDead({ pid, place: place.replace(/pid:.*/, "pid:[1]") })).toBe(false);
  for (const name of ["", "{", "null", "[]", "7", { place }, { pid: "all", place }]) {
    expect(await isDead(name)).toBe(false);
  }
  expect(await hasDied(join(await temporaryDirectory(), "gone"))).toBe(false);
});
