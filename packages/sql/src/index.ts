/** Durable and shared state in SQLite and Postgres: `@countersign/sql`. */
export type { Database } from "./database.ts";
export { type DatabaseKind, migrationsFor } from "./migration/migrations.ts";
export { type DatabaseOptions, openDatabase } from "./open-database.ts";
export type { PostgresClient, PostgresPool } from "./postgres/pool.ts";
export type { ThrottleOptions } from "./store/throttle.ts";
