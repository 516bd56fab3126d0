import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmod,
  mkdir,
  readdir,
  readFile,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { tokenStoreContract } from "@countersign/core/state/contract";
import { describe, expect, test } from "vitest";
import { temporaryDirectory } from "../../fixtures/temporary-directory.ts";
import { fileTokenStore } from "./file-token-store.ts";

const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

/** A store with one key in it, and the one file that it makes. */
async function setUp() {
  const directory = join(await temporaryDirectory(), "deep", "tokens");
  const store = fileTokenStore(directory);
  await store.write("billing", "value");
  const [name = ""] = await readdir(directory);
  return { directory, store, path: join(directory, name) };
}

describe("tokens in files", () => {
  test.each(tokenStoreContract)("$name", async ({ run }) => {
    await run(fileTokenStore(await temporaryDirectory()));
  });

  test("are for their owner alone, whatever the umask says", async () => {
    const umask = process.umask(0);
    try {
      const { directory, path } = await setUp();
      expect(await modeOf(directory)).toBe("700");
      expect(await modeOf(path)).toBe("600");
      expect(await readFile(path, "utf8")).toBe("value");
    } finally {
      process.umask(umask);
    }
  });

  test("stand in one file for each key, with nothing beside it", async () => {
    const { directory, store } = await setUp();
    await store.write("billing", "next");
    await store.write("../../billing", "elsewhere");
    const names = await readdir(directory);
    expect(names).toHaveLength(2);
    for (const name of names) expect(name).toMatch(/^[0-9a-f]{40}\.tokens$/);
  });

  test.each([0o640, 0o604, 0o666, 0o610])(
    "are refused when others may read them (%o)",
    async (mode) => {
      const { store, path } = await setUp();
      await chmod(path, mode);
      await expect(store.read("billing")).rejects.toThrow(/open to other users .*chmod go-rwx/s);
      // Writing puts a private file in its place.
      await store.write("billing", "next");
      expect(await modeOf(path)).toBe("600");
      expect(await store.read("billing")).toBe("next");
    },
  );

  test.each([0o770, 0o707, 0o777, 0o1777])(
    "are refused where others may write (%o)",
    async (mode) => {
      const { directory, store, path } = await setUp();
      await chmod(directory, mode);
      await expect(store.read("billing")).rejects.toThrow(/open to other users/);
      await expect(store.write("billing", "next")).rejects.toThrow(/open to other users/);
      expect(await readFile(path, "utf8")).toBe("value");
    },
  );

  test("may stand where others can look around", async () => {
    const { directory, store } = await setUp();
    await chmod(directory, 0o755);
    expect(await store.read("billing")).toBe("value");
  });

  test("are not written through a link that somebody put there", async () => {
    const { directory, store, path } = await setUp();
    const target = join(directory, "target");
    await writeFile(target, "others'", { mode: 0o600 });
    await store.remove("billing");
    await symlink(target, path);
    await store.write("billing", "value");
    expect(await readFile(target, "utf8")).toBe("others'");
    expect(await store.read("billing")).toBe("value");
  });

  test("leave nothing behind when writing fails", async () => {
    const { directory, store, path } = await setUp();
    await store.remove("billing");
    await mkdir(path); // a directory cannot be replaced by a file
    await expect(store.write("billing", "marked-secret")).rejects.toThrow(
      /EISDIR|ENOTEMPTY|EEXIST/,
    );
    expect(await readdir(directory)).toHaveLength(1);
  });

  test("lose what dead writers left, and nothing that a live one is at", async () => {
    const { directory, store, path } = await setUp();
    const [dead, live, other] = [`${path}.1.next`, `${path}.2.next`, join(directory, "other.next")];
    for (const file of [dead, live, other]) await writeFile(file, "left");
    const hourAgo = new Date(Date.now() - 3_600_000);
    for (const file of [dead, other]) await utimes(file, hourAgo, hourAgo);
    await store.write("billing", "next");
    const names = (await readdir(directory)).map((name) => join(directory, name));
    expect(names.sort()).toEqual([path, live, other].sort());
  });

  test("are whole whenever their writer is killed", async () => {
    const { directory, store } = await setUp();
    const writer = new URL("../../fixtures/write-for-ever.ts", import.meta.url);
    for (let kills = 0; kills < 5; kills++) {
      const child = spawn(
        process.execPath,
        ["--conditions=@countersign/source", writer.pathname, directory, "billing"],
        { stdio: ["ignore", "pipe", "inherit"] },
      );
      await once(child.stdout, "data"); // it has begun
      await new Promise((resolve) => setTimeout(resolve, 20 + kills * 7));
      child.kill("SIGKILL");
      await once(child, "exit");
      const value = (await store.read("billing")) ?? "";
      expect(value.length).toBe(20_000);
      expect(new Set(value).size).toBe(1);
    }
  });
});
