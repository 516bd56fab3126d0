import { stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { createMemoryLock, type Lock } from "@countersign/core/state";
import { describeHolder, hasDied } from "./holder.ts";
import { freeNumber, survey, takeNumber } from "./lock-numbers.ts";
import { fileNameOf, makePrivateDirectory } from "./private-directory.ts";

/** Milliseconds between two signs of life. */
const beat = 1000;
/** Milliseconds without one after which a holder is taken for dead. */
const patience = 5000;

/**
 * A lock among the processes that share a directory. A holder that died is found out: at once by
 * processes of the same machine, in five seconds by others, or where its process number has a new owner.
 *
 * Holders take numbers, one after the other, and no number is given twice: so whoever finds a holder
 * dead cannot mistake the next one for it.
 *
 * @param directory on a disk that makes files exclusively, as all do but old network ones (NFS 2); it is
 * made when it is missing
 * @example
 * const storage = { store: fileTokenStore(directory), lock: fileLock(directory), key: "billing" };
 */
export function fileLock(directory: string): Lock {
  const queue = createMemoryLock(); // one task of a process looks at files, the others wait for it
  return Object.freeze<Lock>({
    hold: (key, task) =>
      queue.hold(key, async () => {
        const place = join(directory, `${fileNameOf(key)}.lock`);
        const number = await take(place);
        const file = join(place, `${number}`);
        const signs = setInterval(() => utimes(file, new Date(), new Date()).catch(() => {}), beat);
        signs.unref();
        try {
          return await task();
        } finally {
          clearInterval(signs);
          // Should it fail, there are no more signs, and the number is free all the same.
          await freeNumber(place, number).catch(() => {});
        }
      }),
  });
}

/** Waits for a number. */
async function take(place: string): Promise<number> {
  await makePrivateDirectory(place);
  const holder = await describeHolder();
  for (let seen: Sighting | undefined; ; ) {
    const { top, isFree } = await survey(place);
    seen = isFree ? undefined : await sight(place, top, seen);
    const mayTake = seen === undefined || seen.isDead;
    if (mayTake && (await takeNumber(place, top + 1, holder))) return top + 1;
    await new Promise((resolve) => setTimeout(resolve, 10 + Math.random() * 20));
  }
}

/** A holder, seen by somebody who waits. */
interface Sighting {
  readonly number: number;
  /** The time of its last sign of life, by the file's clock. */
  readonly sign: number;
  /** When that sign was seen first, by our own: no two machines agree on the time. */
  readonly since: number;
  readonly isDead: boolean;
}

async function sight(
  place: string,
  number: number,
  before: Sighting | undefined,
): Promise<Sighting> {
  const file = join(place, `${number}`);
  const sign = await readSign(file);
  const now = performance.now();
  const isSame = before?.number === number && before.sign === sign;
  const since = isSame ? before.since : now;
  return { number, sign, since, isDead: now - since > patience || (await hasDied(file)) };
}

/** The time of a file; none of one that is gone, since others have moved on meanwhile. */
async function readSign(file: string): Promise<number> {
  try {
    return (await stat(file)).mtimeMs;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return Number.NaN;
    throw error;
  }
}
