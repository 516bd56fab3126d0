import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe } from "vitest";
import type { DatabaseKind } from "./migration/migrations.ts";
import {
  howToGetPostgres,
  type PostgresServer,
  query,
  startPostgres,
  withoutPostgres,
} from "./postgres.fixture.ts";

/** What tests need of one kind of database, beside what is tested. */
export interface Databases {
  readonly kind: DatabaseKind;
  /** Of an empty database. */
  createUrl(): Promise<string>;
  /** Runs any SQL on a connection of its own. */
  run(url: string, text: string): Promise<Record<string, unknown>[]>;
}

/** Runs tests on a file of SQLite and on a real Postgres, one server for all of them. */
export function describeDatabases(body: (databases: Databases) => void): void {
  describe("SQLite", () => {
    let folder: string;
    let files = 0;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "countersign-sqlite-"));
    });
    afterAll(() => rm(folder, { recursive: true }));
    body({
      kind: "sqlite",
      createUrl: async () => `sqlite:${join(folder, `${files++}.db`)}`,
      run: runSqlite,
    });
  });

  describe.skipIf(withoutPostgres)(`Postgres (${howToGetPostgres})`, () => {
    let server: PostgresServer;
    beforeAll(async () => {
      server = await startPostgres();
    }, 60_000);
    afterAll(() => server?.remove());
    body({ kind: "postgres", createUrl: () => server.createDatabase(), run: query });
  });
}

async function runSqlite(url: string, text: string): Promise<Record<string, unknown>[]> {
  const database = new DatabaseSync(url.slice("sqlite:".length), { timeout: 5000 });
  try {
    if (/^(select|explain|pragma)/.test(text)) {
      return database
        .prepare(text)
        .all()
        .map((row) => ({ ...row }));
    }
    database.exec(text);
    return [];
  } finally {
    database.close();
  }
}
