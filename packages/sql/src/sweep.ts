import { setImmediate } from "node:timers/promises";
import { toSeconds } from "@countersign/core/wire";
import { sql as raw } from "kysely";
import type { Sql } from "./store/tables.ts";

/** Rows are kept this much longer than they need be, in seconds, for processes whose clocks are behind. */
const grace = 300;

/** Rows of a batch: as many as may be deleted without anybody noticing. */
const batch = 500;

/**
 * The tables whose rows expire, with their keys. Families come after their tokens, so that few are left
 * for a family to take along.
 */
const expiring = [
  ["countersign_refresh_tokens", "hash"],
  ["countersign_families", "id"],
  ["countersign_replays", "key"],
  ["countersign_revocations", "key"],
  ["countersign_api_keys", "id"],
  ["countersign_throttle", "key"],
] as const;

/** Deletes expired rows, table after table, until there are no more or `limit` are gone. Gives their number. */
export async function sweep(sql: Sql, limit = batch): Promise<number> {
  const before = toSeconds(sql.now()) - grace;
  let swept = 0;
  for (const [table, key] of expiring) {
    if (swept >= limit) break;
    // Rows that others hold are left for the next time: a sweep waits for nobody.
    const lock = sql.locksRows ? raw` for update skip locked` : raw``;
    const expired = raw`select ${raw.ref(key)} from ${raw.table(table)}
      where expires_at <= ${before} limit ${limit - swept}${lock}`;
    const statement = raw`delete from ${raw.table(table)} where ${raw.ref(key)} in (${expired})`;
    const { numAffectedRows } = await sql.ask((db) => statement.execute(db));
    swept += Number(numAffectedRows ?? 0);
  }
  return swept;
}

/**
 * Sweeps everything that has expired, in batches, again and again. It keeps no process alive.
 *
 * @param interval seconds
 * @returns what ends it, when the batch under way is done
 */
export function startSweeping(sql: Sql, interval: number): () => Promise<void> {
  let underWay = Promise.resolve();
  let isStopped = false;

  async function sweepAll(): Promise<void> {
    try {
      while (!isStopped && (await sweep(sql)) > 0) await setImmediate();
    } catch {
      // A database that is away loses nothing by it. The next time will do.
    }
  }

  const timer = setInterval(() => {
    underWay = underWay.then(sweepAll);
  }, interval * 1000);
  timer.unref();

  return async () => {
    isStopped = true;
    clearInterval(timer);
    await underWay;
  };
}
