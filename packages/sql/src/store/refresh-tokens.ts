import type {
  FoundRefreshToken,
  RefreshTokenRecord,
  RefreshTokenStore,
} from "@countersign/core/state";
import type { Kysely } from "kysely";
import type { Sql, Tables } from "./tables.ts";
import { toStoredTime } from "./time.ts";

/**
 * Refresh tokens, whose families hold all that changes. A rotation locks the one row of its family and
 * decides by it; so does whatever ends the family, and deleting it takes its tokens along.
 */
export function createRefreshTokens(sql: Sql): RefreshTokenStore {
  return {
    start: (record) => sql.decide((db) => insertFamily(db, record)),

    find: (hash) =>
      sql.ask(async (db) => {
        const row = await selectToken(db, hash).executeTakeFirst();
        return row && toFound(row);
      }),

    rotate: ({ presented, successor, sealedAnswer, replayUntil, now }) =>
      sql.decide(async (db) => {
        const row = await selectToken(db, presented)
          // Two that wait for one row see it, one after the other, as the other left it.
          .$if(sql.locksRows, (query) => query.forUpdate("countersign_families"))
          .executeTakeFirst();
        if (!row || row.expires_at <= now) return { kind: "gone" };

        if (row.current_token === presented) {
          await insertToken(db, { ...successor, family: row.family });
          await db
            .updateTable("countersign_families")
            .set({
              current_token: successor.hash,
              previous_token: presented,
              sealed_answer: sealedAnswer,
              replay_until: toStoredTime(replayUntil),
              expires_at: Math.max(row.family_expires_at, toStoredTime(successor.expiresAt)),
            })
            .where("id", "=", row.family)
            .execute();
          return { kind: "rotated" };
        }

        const { previous_token, sealed_answer, replay_until } = row;
        // Only the last token used can be retried: once its successor is used, that one is the last.
        if (previous_token === presented && sealed_answer !== null && now < (replay_until ?? 0)) {
          return { kind: "replayed", sealedAnswer: sealed_answer };
        }
        await deleteFamily(db, row.family);
        return { kind: "reused", family: row.family };
      }),

    families: (subject) =>
      sql.ask(async (db) => {
        const rows = await db
          .selectFrom("countersign_families")
          .select("id")
          .where("subject", "=", subject)
          .execute();
        return rows.map(({ id }) => id);
      }),

    revokeFamily: (family) => sql.ask((db) => deleteFamily(db, family)),

    revokeSubject: (subject) =>
      sql.ask(async (db) => {
        await db.deleteFrom("countersign_families").where("subject", "=", subject).execute();
      }),
  };
}

function selectToken(db: Kysely<Tables>, hash: string) {
  return db
    .selectFrom("countersign_refresh_tokens as token")
    .innerJoin("countersign_families", "countersign_families.id", "token.family")
    .where("token.hash", "=", hash)
    .select([
      "token.hash",
      "token.family",
      "token.granted",
      "token.expires_at",
      "token.login_ends_at",
      "countersign_families.expires_at as family_expires_at",
      "countersign_families.current_token",
      "countersign_families.previous_token",
      "countersign_families.sealed_answer",
      "countersign_families.replay_until",
    ]);
}

async function insertFamily(db: Kysely<Tables>, record: RefreshTokenRecord): Promise<void> {
  const { hash, family, grant, expiresAt } = record;
  await db
    .insertInto("countersign_families")
    .values({
      id: family,
      subject: grant.subject,
      expires_at: toStoredTime(expiresAt),
      current_token: hash,
    })
    .execute();
  await insertToken(db, record);
}

async function insertToken(db: Kysely<Tables>, record: RefreshTokenRecord): Promise<void> {
  const { hash, family, grant, expiresAt, loginEndsAt } = record;
  await db
    .insertInto("countersign_refresh_tokens")
    .values({
      hash,
      family,
      granted: JSON.stringify(grant),
      expires_at: toStoredTime(expiresAt),
      login_ends_at: toStoredTime(loginEndsAt),
    })
    .execute();
}

async function deleteFamily(db: Kysely<Tables>, family: string): Promise<void> {
  await db.deleteFrom("countersign_families").where("id", "=", family).execute();
}

function toFound(row: {
  hash: string;
  family: string;
  granted: string;
  expires_at: number;
  login_ends_at: number;
  current_token: string;
}): FoundRefreshToken {
  const { hash, family, granted, expires_at, login_ends_at, current_token } = row;
  const grant: RefreshTokenRecord["grant"] = JSON.parse(granted);
  const isUsed = current_token !== hash;
  return { hash, family, grant, expiresAt: expires_at, loginEndsAt: login_ends_at, isUsed };
}
