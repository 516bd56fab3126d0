import { readFile, readlink } from "node:fs/promises";
import { hostname } from "node:os";

/** Who holds a lock, as far as others can find out whether they live. */
interface Holder {
  readonly pid: number;
  /** Where this number means that process: a machine, and on Linux one namespace of it. */
  readonly place: string;
}

/** This process, as text for a lock file. */
export async function describeHolder(): Promise<string> {
  return JSON.stringify({ pid: process.pid, place: await findPlace() } satisfies Holder);
}

/** Whether the holder that a lock file names is known to be dead; what cannot be told is not. */
export async function hasDied(lockFile: string): Promise<boolean> {
  try {
    const { pid, place }: Holder = JSON.parse(await readFile(lockFile, "utf8"));
    if (place !== (await findPlace())) return false;
    process.kill(pid, 0); // sends nothing
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

async function findPlace(): Promise<string> {
  const namespace = await readlink("/proc/self/ns/pid").catch(() => "");
  return `${hostname()} ${namespace}`;
}
