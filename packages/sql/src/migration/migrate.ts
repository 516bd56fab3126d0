import { ConfigurationError } from "@countersign/core/wire";
import { CompiledQuery, type Kysely } from "kysely";
import { createVersions, type DatabaseKind, listMigrations, recordVersion } from "./migrations.ts";

/** Of all processes that start at once, one migrates, and the others wait for it. */
const lock = {
  sqlite: ["begin immediate"],
  // The number is "csgn", as any other that nobody else takes for theirs. It may take as long as it takes.
  postgres: [
    "begin",
    "set local statement_timeout = 0",
    `select pg_advisory_xact_lock(${0x6373676e})`,
  ],
};

/**
 * Brings the tables up to date, in one transaction.
 *
 * @throws ConfigurationError when a later version has made them
 */
export async function migrate(db: Kysely<unknown>, kind: DatabaseKind): Promise<void> {
  const migrations = listMigrations(kind);
  await db.connection().execute(async (connection) => {
    const run = async (text: string) =>
      (await connection.executeQuery<{ version: number | null }>(CompiledQuery.raw(text))).rows;
    const readVersion = async () => {
      const [row] = await run("select max(version) as version from countersign_migrations");
      return row?.version ?? 0;
    };

    // Without a change, so that a service needs no rights to make tables once there are some.
    const found = await readVersion().catch(noneIfMissing);
    if (found > migrations.length) throw tooNew(found, migrations.length);
    if (found === migrations.length) return;

    for (const statement of lock[kind]) await run(statement);
    try {
      await run(createVersions);
      const version = await readVersion();
      for (const [at, { statements }] of [...migrations.entries()].slice(version)) {
        for (const statement of [...statements, recordVersion(at + 1)]) await run(statement);
      }
      await run("commit");
    } catch (error) {
      // Where the connection is gone, so is the transaction; the first error says why.
      await run("rollback").catch(() => {});
      throw error;
    }
  });
}

function noneIfMissing(error: unknown): number {
  const { code, message } = error as { code?: unknown; message?: unknown };
  const isMissing = code === "42P01" || String(message).startsWith("no such table");
  if (isMissing) return 0;
  throw error;
}

function tooNew(found: number, known: number): ConfigurationError {
  return new ConfigurationError(
    `The database is of version ${found}, and this release of @countersign/sql knows version ${known}. ` +
      "Run the release that made it, or a later one.",
  );
}
