import { ConfigurationError } from "@countersign/core/wire";
import { PostgresDialect } from "kysely";
import type { Backend } from "../backend.ts";
import { type PostgresPool, toKyselyPool } from "./pool.ts";

/** How long a transaction may hold its locks while its process does nothing, in seconds. */
const idleInTransaction = 5;

/** How long it may take to connect. Who waits for it at start has the time; others give up earlier. */
const connecting = 10;

/** A backend on the application's own pool, which stays open when the backend closes. */
export function toPostgres(pool: PostgresPool): Backend {
  return {
    kind: "postgres",
    dialect: (timeout) => new PostgresDialect({ pool: toKyselyPool(pool, timeout) }),
    async close() {},
  };
}

/**
 * A backend on a pool of its own.
 *
 * @param timeout seconds a statement may take
 * @throws ConfigurationError when `pg` is not installed, or the URL is none
 */
export async function openPostgres(
  url: string,
  { timeout, connections }: { readonly timeout: number; readonly connections: number },
): Promise<Backend> {
  const { Pool } = await loadPg();
  if (!URL.canParse(url)) {
    // Without the URL, which has a password in it.
    throw new ConfigurationError(
      "The URL of the database cannot be read. Write postgres://user:password@host:5432/database, " +
        "with special characters of the password percent-encoded.",
    );
  }
  const pool = new Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: connecting * 1000,
    statement_timeout: timeout * 1000,
    // Of a process that was stopped in the middle, so that others get on.
    idle_in_transaction_session_timeout: idleInTransaction * 1000,
  });
  // A connection that breaks while nobody uses it. The pool makes another when one is needed.
  pool.on("error", () => {});
  return { ...toPostgres(pool), close: () => pool.end() };
}

async function loadPg() {
  try {
    return await import("pg");
  } catch (cause) {
    throw new ConfigurationError("Postgres needs the package pg: npm install pg.", { cause });
  }
}
