import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { lockContract } from "@countersign/core/state/contract";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { temporaryDirectory } from "../../fixtures/temporary-directory.ts";
import { fileLock } from "./file-lock.ts";

const holder = new URL("../../fixtures/hold-for-ever.ts", import.meta.url);
const counter = new URL("../../fixtures/count-up.ts", import.meta.url);

function start({ pathname }: URL, ...args: string[]): ChildProcess {
  const child = spawn(process.execPath, ["--conditions=@countersign/source", pathname, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

/** A directory, and a process that holds the lock of one key there. */
async function setUpHeld() {
  const directory = await temporaryDirectory();
  const child = start(holder, directory, "key");
  if (child.stdout) await once(child.stdout, "data");
  const [name = ""] = await readdir(directory);
  return { directory, holder: child, place: join(directory, name) };
}

async function kill(holder: ChildProcess): Promise<void> {
  holder.kill("SIGKILL");
  await once(holder, "exit");
}

describe("a lock of files", () => {
  test.each(lockContract)("$name", async ({ run }) => {
    const directory = await temporaryDirectory();
    await run([fileLock(directory), fileLock(directory)]);
  });

  test("is for one of several processes at a time", async () => {
    const directory = await temporaryDirectory();
    await writeFile(join(directory, "count"), "0");
    const children = Array.from({ length: 4 }, () => start(counter, directory, "25"));
    const codes = await Promise.all(children.map((child) => once(child, "exit")));
    expect(codes.map(([code]) => code)).toEqual([0, 0, 0, 0]);
    expect(await readFile(join(directory, "count"), "utf8")).toBe("100");
  });

  test("leaves few files, for their owner alone, however often it is held", async () => {
    const directory = await temporaryDirectory();
    const lock = fileLock(directory);
    for (let holds = 0; holds < 20; holds++) await lock.hold("key", async () => {});
    const [name = ""] = await readdir(directory);
    const place = join(directory, name);
    expect((await readdir(place)).sort()).toEqual(["19", "19.free", "20", "20.free"]);
    expect((await stat(place)).mode & 0o777).toBe(0o700);
    expect((await stat(join(place, "20"))).mode & 0o777).toBe(0o600);
  });

  test("of a process that was killed is free at once, for one of those who wait", async () => {
    const { directory, holder } = await setUpHeld();
    let running = 0;
    let most = 0;
    const task = async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running--;
    };
    // Each by a lock of its own, so that they all find out about the dead one.
    const waiting = Array.from({ length: 20 }, () => fileLock(directory).hold("key", task));
    await kill(holder);
    await Promise.all(waiting);
    expect(most).toBe(1);
  });

  test("of a holder who gives no signs of life is free after a while, and of one who does never", async () => {
    const deadNames: Record<string, (mine: string) => string> = {
      "on a machine that cannot be asked": () => JSON.stringify({ pid: 1, place: "elsewhere" }),
      "whose number has another owner": (mine) => mine.replace(/"pid":\d+/, `"pid":${process.pid}`),
      "that died before it had written its name": () => "",
      "of some other program": () => "{",
    };
    const live = await setUpHeld();
    const liveTaken = fileLock(live.directory).hold("key", async () => "taken");
    const deadTaken = Object.values(deadNames).map(async (rename) => {
      const { directory, holder, place } = await setUpHeld();
      await kill(holder);
      const file = join(place, "1");
      await writeFile(file, rename(await readFile(file, "utf8")));
      // Neither its clock nor ours has to be right: only that it does not change.
      const tomorrow = new Date(Date.now() + 86_400_000);
      await utimes(file, tomorrow, tomorrow);
      return fileLock(directory).hold("key", async () => "taken");
    });
    expect(await Promise.race([liveTaken, Promise.all(deadTaken)])).toEqual(
      Object.values(deadNames).map(() => "taken"),
    );
    await kill(live.holder);
    expect(await liveTaken).toBe("taken");
  });

  test("of a holder who was only stalled: its task goes on, and the next one's lock stays its own", async () => {
    const directory = await temporaryDirectory();
    const mayEnd = Promise.withResolvers<string>();
    const stalled = fileLock(directory).hold("key", () => mayEnd.promise);
    await vi.waitFor(async () => expect(await readdir(directory)).toHaveLength(1));
    const [name = ""] = await readdir(directory);
    const place = join(directory, name);
    await vi.waitFor(async () => expect(await readdir(place)).toEqual(["1"]));
    // As a process that is dead, to others.
    await writeFile(
      join(place, "1"),
      (await readFile(join(place, "1"), "utf8")).replace(/\d+/, "4194304"),
    );
    const begun = Promise.withResolvers<void>();
    const nextMayEnd = Promise.withResolvers<void>();
    const next = fileLock(directory).hold("key", () => {
      begun.resolve();
      return nextMayEnd.promise;
    });
    await begun.promise;
    mayEnd.resolve("late");
    expect(await stalled).toBe("late");
    let isThird = false;
    const third = fileLock(directory).hold("key", async () => {
      isThird = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(isThird).toBe(false);
    nextMayEnd.resolve();
    await Promise.all([next, third]);
  });

  test("rejects, without having run the task, where it cannot be kept", async () => {
    const directory = join(await temporaryDirectory(), "file");
    await writeFile(directory, "");
    let ran = false;
    const held = fileLock(directory).hold("key", async () => {
      ran = true;
    });
    await expect(held).rejects.toThrow(/ENOTDIR|EEXIST/);
    expect(ran).toBe(false);
  });
});
