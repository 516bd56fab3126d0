import { createHash } from "node:crypto";
import { mkdir, stat } from "node:fs/promises";

/** Windows has no such modes; there, a user's own folders are private by default. */
const hasModes = process.platform !== "win32";

/** A directory that is made if it is missing, for its owner alone. */
export async function makePrivateDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
}

/**
 * Refuses what others may have looked at, or put there, as ssh does with its keys.
 *
 * @param path of a file or a directory
 * @param mask the modes it must not have
 */
export async function requirePrivate(path: string, mask: number): Promise<void> {
  const { mode } = await stat(path);
  if (!hasModes || (mode & mask) === 0) return;
  throw new Error(
    `${path} is open to other users (mode ${(mode & 0o777).toString(8)}). See that nobody has been there, ` +
      `then: chmod go-rwx ${path}`,
  );
}

/** A file name for any key, on file systems that know no upper case, too. */
export function fileNameOf(key: string): string {
  return createHash("sha256").update(key).digest("hex").slice(0, 40);
}
