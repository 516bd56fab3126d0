import type { SigningKeyStore } from "@countersign/core/state";
import type { Sql } from "./tables.ts";

/** All keys are one row, so that whoever replaces them replaces what they have read, or nothing. */
const theRow = 1;

export function createSigningKeys(sql: Sql): SigningKeyStore {
  return {
    read: () =>
      sql.ask(async (db) => {
        const row = await db
          .selectFrom("countersign_signing_keys")
          .select(["version", "keys"])
          .where("id", "=", theRow)
          .executeTakeFirst();
        return row ? { version: row.version, keys: JSON.parse(row.keys) } : fresh;
      }),

    replace: (version, keys) =>
      sql.ask(async (db) => {
        const next = { version: version + 1, keys: JSON.stringify(keys) };
        const [changed] = await (version === fresh.version
          ? db
              .insertInto("countersign_signing_keys")
              .values({ id: theRow, ...next })
              .onConflict((conflict) => conflict.column("id").doNothing())
              .returning("id")
              .execute()
          : db
              .updateTable("countersign_signing_keys")
              .set(next)
              .where("id", "=", theRow)
              .where("version", "=", version)
              .returning("id")
              .execute());
        return changed !== undefined;
      }),
  };
}

const fresh = { version: 0, keys: [] };
