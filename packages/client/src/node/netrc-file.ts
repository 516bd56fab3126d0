import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { BasicOptions } from "../credential/basic.ts";
import { readNetrc } from "../credential/netrc.ts";
import { requirePrivate } from "./private-directory.ts";

/**
 * User name and password of a host, out of the user's netrc file: the one that the environment variable
 * `NETRC` names, or else `.netrc` in the home directory, as curl and ftp have it. `undefined` when there
 * is no such file, or no such entry in it.
 *
 * @param host the host name alone, without a port
 * @param path of another file
 * @throws Error when others may read the file
 * @throws ConfigurationError when it is no netrc file; nothing of it is repeated
 * @example
 * const login = await readNetrcFile("api.example.com");
 * if (login) createAuthFetch({ origins: ["https://api.example.com"], credential: basic(login) });
 */
export async function readNetrcFile(
  host: string,
  path: string = process.env.NETRC || join(homedir(), ".netrc"),
): Promise<BasicOptions | undefined> {
  try {
    await requirePrivate(path, 0o077);
    return readNetrc(await readFile(path, "utf8"), host);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
