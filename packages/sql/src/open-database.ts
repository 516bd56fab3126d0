import { type Clock, ConfigurationError } from "@countersign/core/wire";
import { Kysely } from "kysely";
import type { Backend } from "./backend.ts";
import type { Database } from "./database.ts";
import { migrate } from "./migration/migrate.ts";
import { openPostgres, toPostgres } from "./postgres/open-postgres.ts";
import type { PostgresPool } from "./postgres/pool.ts";
import { openSqlite } from "./sqlite/open-sqlite.ts";
import { createApiKeys } from "./store/api-keys.ts";
import { createRefreshTokens } from "./store/refresh-tokens.ts";
import { createReplays } from "./store/replays.ts";
import { createRevocations } from "./store/revocations.ts";
import { createSigningKeys } from "./store/signing-keys.ts";
import type { Sql, Tables } from "./store/tables.ts";
import { createThrottle } from "./store/throttle.ts";
import { startSweeping, sweep } from "./sweep.ts";
import { within } from "./within.ts";

/**
 * How {@link openDatabase} uses a database.
 *
 * @example
 * const options: DatabaseOptions = { timeout: 0.5, connections: 20 };
 */
export interface DatabaseOptions {
  /** Seconds after which a store that has no answer rejects; 0.9 by default. */
  readonly timeout?: number;
  /** How many connections to Postgres there are at most; 10 by default. */
  readonly connections?: number;
  /** Seconds between sweeps of expired rows; 60 by default. 0: none but {@link Database.sweep}. */
  readonly sweepInterval?: number;
  /** Tells what has expired; `Date` by default. Give it the guard's own. */
  readonly clock?: Clock;
}

/** Seconds that a migration may take, and wait for another's. */
const migrationTimeout = 600;

/**
 * Opens a database, and makes or updates its tables if need be.
 *
 * @param database `sqlite:PATH`, `sqlite::memory:`, `postgres://user:password@host/name`, or a pool of
 * `pg`, for which `connections` means nothing
 * @throws ConfigurationError for an address that is none of these, a missing `pg`, or tables of a later
 * version
 * @example
 * const database = await openDatabase("sqlite:auth.db");
 * const issuer = createIssuer({ url, audience, store: database.refreshTokens });
 */
export async function openDatabase(
  database: string | PostgresPool,
  options: DatabaseOptions = {},
): Promise<Database> {
  const settings = toSettings(options);
  const backend = await openBackend(database, settings);
  try {
    await migrate(new Kysely({ dialect: backend.dialect(migrationTimeout) }), backend.kind);
  } catch (error) {
    await backend.close();
    throw error;
  }
  const sql = toSql(backend, settings);
  const stopSweeping =
    settings.sweepInterval > 0 ? startSweeping(sql, settings.sweepInterval) : undefined;
  let closing: Promise<void> | undefined;
  return Object.freeze<Database>({
    refreshTokens: createRefreshTokens(sql),
    replays: createReplays(sql),
    revocations: createRevocations(sql),
    apiKeys: createApiKeys(sql),
    signingKeys: createSigningKeys(sql),
    throttle: (throttle) => createThrottle(sql, throttle),
    sweep: (limit) => sweep(sql, limit),
    close() {
      closing ??= Promise.resolve(stopSweeping?.()).then(() => backend.close());
      return closing;
    },
  });
}

type Settings = ReturnType<typeof toSettings>;

function toSettings(options: DatabaseOptions) {
  const { timeout = 0.9, connections = 10, sweepInterval = 60, clock = Date } = options;
  if (!(timeout > 0 && timeout <= 60)) {
    throw new ConfigurationError(
      "timeout must be a number of seconds, more than 0 and at most 60.",
    );
  }
  if (!(Number.isSafeInteger(connections) && connections > 0)) {
    throw new ConfigurationError("connections must be a whole number, 1 or more.");
  }
  if (!(sweepInterval >= 0 && sweepInterval <= 86_400)) {
    throw new ConfigurationError("sweepInterval must be a number of seconds, 86400 at most, or 0.");
  }
  return { timeout, connections, sweepInterval, clock };
}

async function openBackend(database: string | PostgresPool, settings: Settings): Promise<Backend> {
  if (typeof database !== "string") return toPostgres(database);
  const path = /^sqlite:(.+)$/.exec(database)?.[1];
  if (path !== undefined) return openSqlite(path);
  if (/^postgres(ql)?:\/\//.test(database)) return openPostgres(database, settings);
  // Without what was given, which may have a password in it.
  throw new ConfigurationError(
    "The database must be sqlite:PATH, sqlite::memory: or postgres://user:password@host/name.",
  );
}

function toSql(backend: Backend, { timeout, clock }: Settings): Sql {
  const db = new Kysely<Tables>({ dialect: backend.dialect(timeout) });
  return {
    ask: (work) =>
      within(timeout, (requireTime) =>
        db.connection().execute((connection) => {
          requireTime();
          return work(connection);
        }),
      ),
    decide: (work) =>
      within(timeout, (requireTime) =>
        db
          .transaction()
          // Each statement sees what was committed before it, whatever the database's default is.
          .setIsolationLevel("read committed")
          .execute((transaction) => {
            requireTime();
            return work(transaction);
          }),
      ),
    locksRows: backend.kind === "postgres",
    now: () => clock.now(),
  };
}
