import { open } from "node:fs/promises";
import type { DatabaseSync } from "node:sqlite";
import { ConfigurationError } from "@countersign/core/wire";
import type { Backend } from "../backend.ts";
import { createSqliteDialect } from "./dialect.ts";
import { whenFree } from "./when-free.ts";

/** Seconds to wait for others who open the file at the same moment. */
const patience = 10;

/** @throws ConfigurationError when the file is where SQLite cannot write ahead */
export async function openSqlite(path: string): Promise<Backend> {
  // Loaded here: whoever uses Postgres needs none, and Node tells that it is young.
  const { DatabaseSync } = await import("node:sqlite");
  // The files beside it (-wal, -shm) get the same permissions from SQLite.
  if (path !== ":memory:") await (await open(path, "a", 0o600)).close();
  const database = new DatabaseSync(path);
  try {
    await configure(database);
  } catch (error) {
    database.close();
    throw error;
  }
  return {
    kind: "sqlite",
    dialect: (timeout) => createSqliteDialect(database, timeout),
    close: async () => database.close(),
  };
}

/** @throws ConfigurationError when SQLite cannot write ahead */
export async function configure(database: DatabaseSync): Promise<void> {
  // Readers and the writer do not wait for each other.
  const mode = await whenFree(patience, () => database.prepare("pragma journal_mode = wal").get());
  if (mode?.journal_mode !== "wal" && mode?.journal_mode !== "memory") {
    throw new ConfigurationError(
      "SQLite cannot keep a write-ahead log beside this file. Put it on a local disk.",
    );
  }
  // With less, a power failure could undo a rotation whose answer has been sent: the client would hold a
  // token that nobody knows, and the used one would be good again.
  database.exec("pragma synchronous = full");
  database.exec("pragma foreign_keys = on");
}
