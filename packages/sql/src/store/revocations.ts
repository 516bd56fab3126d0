import type { RevocationStore } from "@countersign/core/state";
import type { Sql } from "./tables.ts";
import { toStoredTime } from "./time.ts";

export function createRevocations(sql: Sql): RevocationStore {
  return {
    async revoke(key, expiresAt) {
      if (Number.isNaN(expiresAt)) throw new Error("A revocation needs a time at which it ends.");
      const until = toStoredTime(expiresAt);
      await sql.ask((db) =>
        db
          .insertInto("countersign_revocations")
          .values({ key, expires_at: until })
          .onConflict((conflict) =>
            conflict
              .column("key")
              .doUpdateSet({ expires_at: until })
              .where("countersign_revocations.expires_at", "<", until),
          )
          .execute(),
      );
    },

    async isRevoked(keys) {
      if (keys.length === 0) return false;
      // Whatever is kept counts, expired or not: the clock of a revoked token's verifier may be behind.
      const row = await sql.ask((db) =>
        db
          .selectFrom("countersign_revocations")
          .select("key")
          .where("key", "in", keys)
          .limit(1)
          .executeTakeFirst(),
      );
      return row !== undefined;
    },
  };
}
