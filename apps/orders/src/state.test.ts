import { chmod, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readEncryptionKeys } from "./encryption-keys.ts";
import { readSettings } from "./settings.ts";
import { openState } from "./state.ts";

const settingsOf = (env: Record<string, string>) => readSettings(env, 4000);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "countersign-orders-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("state", () => {
  it("is opened, and closed, where the environment says", async () => {
    for (const DATABASE_URL of ["sqlite::memory:", `sqlite:${folder}/a.db`]) {
      const state = await openState(await settingsOf({ DATABASE_URL }));
      expect(await state.replays.reserve("a", 4e9)).toBe(true);
      await state.close();
    }
    expect(await readdir(folder)).toContain("a.db");
  });

  it.each([
    [{ DATABASE_URL: "mysql://ada:planted@localhost/auth" }, /sqlite:PATH/],
    [{ DATABASE_URL: "sqlite:/nowhere/at/all.db" }, /open/],
    [{ REDIS_URL: "http://ada:planted@localhost" }, /redis:\/\//],
  ])("is not opened with %o", async (env, message) => {
    const opening = openState(await settingsOf(env));
    await expect(opening).rejects.toThrow(message);
    await expect(opening).rejects.not.toThrow(/planted/);
  });
});

describe("the encryption key", () => {
  const read = async (env: Record<string, string>) => readEncryptionKeys(await settingsOf(env));

  it("is that of the environment, of which there may be several", async () => {
    expect(await read({ KEY_ENCRYPTION_KEY: "a" })).toEqual(["a"]);
    expect(await read({ KEY_ENCRYPTION_KEY: "new,old" })).toEqual(["new", "old"]);
  });

  it("is made once, beside the SQLite file, for its owner alone", async () => {
    const env = { DATABASE_URL: `sqlite:${folder}/a.db` };
    const [key] = await read(env);
    expect(key).toMatch(/^[\w-]{43}$/);
    expect(await read(env)).toEqual([key]);
    expect(await readdir(folder)).toEqual(["a.db-key"]);
    expect((await stat(`${folder}/a.db-key`)).mode & 0o777).toBe(0o600);
  });

  it("is another each time in memory, and leaves nothing behind", async () => {
    const keys = [await read({}), await read({})].flat();
    expect(new Set(keys).size).toBe(2);
    expect(await readdir(folder)).toEqual([]);
  });

  it("must be given for Postgres", async () => {
    const env = { DATABASE_URL: "postgres://ada:planted@localhost/auth" };
    await expect(read(env)).rejects.toThrow(/KEY_ENCRYPTION_KEY.*openssl rand/);
    await expect(read(env)).rejects.not.toThrow(/planted/);
  });

  it("is not taken out of a file that others may read", async () => {
    const path = `${folder}/a.db-key`;
    await writeFile(path, "planted");
    for (const mode of [0o644, 0o640, 0o604]) {
      await chmod(path, mode);
      const reading = read({ DATABASE_URL: `sqlite:${folder}/a.db` });
      await expect(reading).rejects.toThrow(/chmod 600/);
      await expect(reading).rejects.not.toThrow(/planted/);
    }
  });
});
