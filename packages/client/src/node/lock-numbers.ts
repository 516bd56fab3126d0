import { open, readdir, rm } from "node:fs/promises";
import { join } from "node:path";

/** What a directory of numbers says. */
interface Survey {
  /** The highest number; 0 when nobody has taken one. */
  readonly top: number;
  readonly isFree: boolean;
}

/** The state of a lock: the highest number is the holder's, until a file beside it says that it is free. */
export async function survey(place: string): Promise<Survey> {
  const names = await readdir(place);
  const top = Math.max(0, ...names.filter((name) => /^\d+$/.test(name)).map(Number));
  return { top, isFree: top === 0 || names.includes(`${top}.free`) };
}

/**
 * Takes a number, if nobody else does. Two make one file: one of them succeeds. Somebody slow may make
 * one whose time has passed; they see that there is a higher one, and give up. For that to be so the
 * highest is never removed, nor the one before, which a slow reader of the directory may still be at.
 */
export async function takeNumber(place: string, number: number, holder: string): Promise<boolean> {
  const file = join(place, `${number}`);
  if (!(await create(file, holder))) return false;
  if ((await survey(place)).top !== number) {
    await rm(file, { force: true });
    return false;
  }
  for (const name of await readdir(place)) {
    if (Number.parseInt(name, 10) < number - 1) await rm(join(place, name), { force: true });
  }
  return true;
}

/** Says that a number's holder has done. */
export async function freeNumber(place: string, number: number): Promise<void> {
  await create(join(place, `${number}.free`), "");
}

/** Makes a file that is not there; `false` when it is. */
async function create(path: string, content: string): Promise<boolean> {
  try {
    const file = await open(path, "wx", 0o600);
    try {
      await file.writeFile(content);
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}
