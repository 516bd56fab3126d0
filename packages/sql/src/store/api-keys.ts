import type { ApiKeyEntry, ApiKeyRecord, ApiKeyRegistry } from "@countersign/core/state";
import type { Insertable, Kysely, Selectable } from "kysely";
import type { Sql, Tables } from "./tables.ts";
import { toStoredTime } from "./time.ts";

type ApiKeyRow = Selectable<Tables["countersign_api_keys"]>;

export function createApiKeys(sql: Sql): ApiKeyRegistry {
  return {
    find: ({ id, hash }) =>
      sql.ask(async (db) => {
        const keys = db.selectFrom("countersign_api_keys").selectAll();
        const row = await (id === undefined
          ? keys.where("hash", "=", hash)
          : keys.where("id", "=", id)
        ).executeTakeFirst();
        return row && toRecord(row);
      }),

    touch: (id, at) =>
      sql.ask(async (db) => {
        const last_used_at = toStoredTime(at);
        await db
          .updateTable("countersign_api_keys")
          .set({ last_used_at })
          .where("id", "=", id)
          // Of several processes, the one whose clock is behind must not turn it back.
          .where((row) => row.or([row("last_used_at", "is", null), row("last_used_at", "<", at)]))
          .execute();
      }),

    add: (record) => sql.ask((db) => insertKey(db, record)),

    list: (subject) =>
      sql.ask(async (db) => {
        const rows = await db
          .selectFrom("countersign_api_keys")
          .selectAll()
          .where("subject", "=", subject)
          .orderBy("id")
          .execute();
        return rows.map(toEntry);
      }),

    replace: (id, successor, expiresAt) =>
      sql.decide(async (db) => {
        const until = toStoredTime(expiresAt);
        const replaced = await db
          .updateTable("countersign_api_keys")
          .set((row) => ({
            replaced_by: successor.id,
            expires_at: row
              .case()
              .when("expires_at", "<", until)
              .then(row.ref("expires_at"))
              .else(until)
              .end(),
          }))
          .where("id", "=", id)
          .where("replaced_by", "is", null)
          .executeTakeFirst();
        if (replaced.numUpdatedRows === 0n) return false;
        await insertKey(db, successor);
        return true;
      }),

    remove: (id) =>
      sql.ask(async (db) => {
        const removed = await db
          .deleteFrom("countersign_api_keys")
          .where("id", "=", id)
          .executeTakeFirst();
        return removed.numDeletedRows > 0n;
      }),
  };
}

async function insertKey(db: Kysely<Tables>, record: ApiKeyRecord): Promise<void> {
  await db.insertInto("countersign_api_keys").values(toRow(record)).execute();
}

function toRow(record: ApiKeyRecord): Insertable<Tables["countersign_api_keys"]> {
  const { id, hash, subject, expiresAt, ...details } = record;
  return {
    id,
    hash,
    subject,
    details: JSON.stringify(details),
    expires_at: expiresAt === undefined ? null : toStoredTime(expiresAt),
  };
}

function toRecord({ id, hash, subject, details, expires_at }: ApiKeyRow): ApiKeyRecord {
  const expiry = expires_at === null ? undefined : { expiresAt: expires_at };
  return { id, hash, subject, ...JSON.parse(details), ...expiry };
}

function toEntry(row: ApiKeyRow): ApiKeyEntry {
  const { hash: _, ...entry } = toRecord(row);
  return { ...entry, ...(row.last_used_at !== null && { lastUsedAt: row.last_used_at }) };
}
