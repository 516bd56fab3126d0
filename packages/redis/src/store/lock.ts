import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { createMemoryLock, type Lock } from "@countersign/core/state";
import type { Connection } from "../connection/connection.ts";
import { toScript } from "../connection/script.ts";
import type { KeyNames } from "./key-names.ts";

/** Milliseconds after which a holder that gives no sign of life has lost the key. */
const lease = 8000;
/** Two signs may get lost. */
const signEvery = lease / 4;
/** Milliseconds between two looks whether a key is free, at least and at most. */
const lookAfter = [20, 80] as const;

const take = toScript(`return redis.call("SET", KEYS[1], ARGV[1], "NX", "PX", ARGV[2])`);
const stay = toScript(`
if redis.call("GET", KEYS[1]) == ARGV[1] then redis.call("PEXPIRE", KEYS[1], ARGV[2]) end
`);
const leave = toScript(`
if redis.call("GET", KEYS[1]) == ARGV[1] then redis.call("DEL", KEYS[1]) end
`);

/**
 * One holder at a time, as long as it lives: it says so every two seconds, and is taken for dead after
 * eight. It is no fence. A holder that was stopped for longer than that, and all holders when Redis
 * forgets, go on beside the next one; a number to compare would help only where the issuer at the
 * other end compared it. So a task reads its store after it has got the key, and the worst that
 * happens is what happens without a lock: two refreshes of one token, which issuers see through.
 */
export function createLock({ run }: Connection, names: KeyNames): Lock {
  // Tasks of this process wait for each other without asking Redis.
  const here = createMemoryLock();

  async function holdThere<T>(key: string, task: () => Promise<T>): Promise<T> {
    const name = names.of("lock", key);
    const owner = randomUUID();
    while ((await run(take, [name], [owner, lease])) === null) await pause(between(lookAfter));
    const signs = setInterval(() => {
      run(stay, [name], [owner, lease]).catch(ignore);
    }, signEvery);
    try {
      return await task();
    } finally {
      clearInterval(signs);
      // What cannot be given back comes back by itself, and the task's result is what counts.
      await run(leave, [name], [owner]).catch(ignore);
    }
  }

  return Object.freeze<Lock>({
    hold: (key, task) => here.hold(key, () => holdThere(key, task)),
  });
}

function between([least, most]: readonly [number, number]): number {
  return least + Math.random() * (most - least);
}

function ignore(): void {}
