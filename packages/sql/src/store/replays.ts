import type { ReplayStore } from "@countersign/core/state";
import { toSeconds } from "@countersign/core/wire";
import type { Sql } from "./tables.ts";
import { toStoredTime } from "./time.ts";

export function createReplays(sql: Sql): ReplayStore {
  return {
    async reserve(key, expiresAt) {
      const now = toSeconds(sql.now());
      const until = toStoredTime(expiresAt);
      if (!(until > now)) return false;
      const taken = await sql.ask((db) =>
        db
          .insertInto("countersign_replays")
          .values({ key, expires_at: until })
          .onConflict((conflict) =>
            conflict
              .column("key")
              .doUpdateSet({ expires_at: until })
              .where("countersign_replays.expires_at", "<=", now),
          )
          .returning("key")
          .executeTakeFirst(),
      );
      return taken !== undefined;
    },

    isTaken: (key) =>
      sql.ask(async (db) => {
        const row = await db
          .selectFrom("countersign_replays")
          .select("key")
          .where("key", "=", key)
          .where("expires_at", ">", toSeconds(sql.now()))
          .executeTakeFirst();
        return row !== undefined;
      }),
  };
}
