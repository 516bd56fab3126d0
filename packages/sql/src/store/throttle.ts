import { hash } from "node:crypto";
import type { Throttle } from "@countersign/core/state";
import { ConfigurationError, toSeconds } from "@countersign/core/wire";
import type { Sql } from "./tables.ts";
import { toStoredTime } from "./time.ts";

/**
 * How many attempts a key has, in one of a database's throttles.
 *
 * @example
 * const options: ThrottleOptions = { name: "logins", points: 5, duration: 60 };
 */
export interface ThrottleOptions {
  /** Keeps this throttle's keys apart from those of others in the database. */
  readonly name: string;
  /** Attempts in each window. */
  readonly points: number;
  /** The length of a window, in seconds, from the first attempt on; it ends with a whole second. */
  readonly duration: number;
}

/** @throws ConfigurationError when points or duration are not positive, or there is no name */
export function createThrottle(sql: Sql, { name, points, duration }: ThrottleOptions): Throttle {
  if (!(points > 0 && duration > 0) || !name) {
    throw new ConfigurationError(
      "A throttle needs a name, positive points and a positive duration (seconds).",
    );
  }
  // Keys hold what callers claim: of any length, with any characters, and nobody else's business.
  const toStored = (key: string) => `${name}:${hash("sha256", key, "base64url")}`;
  const read = (key: string, now: number) =>
    sql.ask((db) =>
      db
        .selectFrom("countersign_throttle")
        .select(["consumed", "expires_at"])
        .where("key", "=", toStored(key))
        .where("expires_at", ">", toSeconds(now))
        .executeTakeFirst(),
    );

  return {
    async consume(key) {
      const milliseconds = sql.now();
      const now = toSeconds(milliseconds);
      const expires_at = toStoredTime(milliseconds / 1000 + duration);
      const consumed = await sql.ask((db) =>
        db
          .insertInto("countersign_throttle")
          .values({ key: toStored(key), consumed: 1, expires_at })
          .onConflict((conflict) =>
            conflict
              .column("key")
              .doUpdateSet((row) => {
                const isOver = row("countersign_throttle.expires_at", "<=", now);
                const oneMore = row("countersign_throttle.consumed", "+", 1);
                const asItWas = row.ref("countersign_throttle.expires_at");
                return {
                  consumed: row.case().when(isOver).then(1).else(oneMore).end(),
                  expires_at: row.case().when(isOver).then(expires_at).else(asItWas).end(),
                };
              })
              .where((row) =>
                row.or([
                  row("countersign_throttle.expires_at", "<=", now),
                  row("countersign_throttle.consumed", "<", points),
                ]),
              ),
          )
          .returning("consumed")
          .executeTakeFirst(),
      );
      if (consumed) return;
      const window = await read(key, milliseconds);
      // The window may have ended since.
      throw { msBeforeNext: window ? window.expires_at * 1000 - milliseconds : 0 };
    },

    async get(key) {
      const now = sql.now();
      const window = await read(key, now);
      if (!window) return undefined;
      return {
        remainingPoints: points - window.consumed,
        msBeforeNext: window.expires_at * 1000 - now,
      };
    },

    reward: (key) =>
      sql.ask((db) =>
        db
          .updateTable("countersign_throttle")
          .set((row) => ({ consumed: row("consumed", "-", 1) }))
          .where("key", "=", toStored(key))
          .where("consumed", ">", 0)
          .execute(),
      ),
  };
}
