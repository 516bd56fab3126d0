import { randomUUID } from "node:crypto";
import { open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { TokenStore } from "@countersign/core/state";
import { fileNameOf, makePrivateDirectory, requirePrivate } from "./private-directory.ts";

const minute = 60_000;

/**
 * Tokens in files of a directory, one for each key, readable by their owner alone (mode 0600; the
 * directory is made with 0700). They are in clear: whoever is this user, or root, can read them. A file
 * that others may read, or a directory they may write to, is refused.
 *
 * A file is replaced in one step, and is on the disk before `write` answers.
 *
 * @param directory on a local disk; it is made when it is missing
 * @example
 * const directory = join(homedir(), ".config/billing");
 * const storage = { store: fileTokenStore(directory), lock: fileLock(directory), key: "billing" };
 */
export function fileTokenStore(directory: string): TokenStore {
  const pathOf = (key: string) => join(directory, `${fileNameOf(key)}.tokens`);

  return Object.freeze<TokenStore>({
    async read(key) {
      try {
        await requirePrivate(directory, 0o022);
        await requirePrivate(pathOf(key), 0o077);
        return await readFile(pathOf(key), "utf8");
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },

    async write(key, value) {
      await makePrivateDirectory(directory);
      await requirePrivate(directory, 0o022);
      const path = pathOf(key);
      const next = `${path}.${randomUUID()}.next`;
      try {
        await writeDurably(next, value);
        await rename(next, path);
      } catch (error) {
        await rm(next, { force: true });
        throw error;
      }
      await syncDirectory(directory);
      await removeLeftovers(path);
    },

    async remove(key) {
      await rm(pathOf(key), { force: true });
      await syncDirectory(directory).catch((error) => {
        if (!isMissing(error)) throw error;
      });
    },
  });

  /** What writers left who died before they could put it in its place. */
  async function removeLeftovers(path: string): Promise<void> {
    for (const name of await readdir(directory)) {
      const file = join(directory, name);
      if (!file.startsWith(`${path}.`)) continue;
      const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
      if (mtimeMs < Date.now() - minute) await rm(file, { force: true });
    }
  }
}

async function writeDurably(path: string, value: string): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(value);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Only then is a renaming sure to outlive a power failure. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === "win32") return; // it cannot, and need not
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}
