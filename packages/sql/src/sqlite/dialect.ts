import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import { whenFree } from "./when-free.ts";

/**
 * Kysely on `node:sqlite`. There is one connection, and Kysely lets one query or transaction at a time
 * have it.
 *
 * @param patience seconds to wait for another process's writes
 */
export function createSqliteDialect(database: DatabaseSync, patience: number): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => createDriver(createConnection(database, patience)),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

function createDriver(connection: DatabaseConnection): Driver {
  const run = async (statement: string) => {
    await connection.executeQuery(CompiledQuery.raw(statement));
  };
  return {
    async init() {},
    acquireConnection: async () => connection,
    // The lock is taken at once: a transaction that read first, and then found that another process had
    // written, would have to give up.
    beginTransaction: () => run("begin immediate"),
    commitTransaction: () => run("commit"),
    rollbackTransaction: () => run("rollback"),
    async releaseConnection() {},
    async destroy() {},
  };
}

function createConnection(database: DatabaseSync, patience: number): DatabaseConnection {
  const changes = database.prepare("select changes() as count");

  function execute<R>({ sql, parameters, query }: CompiledQuery): QueryResult<R> {
    const rows = database.prepare(sql).all(...(parameters as SQLInputValue[])) as R[];
    if (query.kind === "SelectQueryNode") return { rows };
    return { rows, numAffectedRows: BigInt(Number(changes.get()?.count)) };
  }

  return {
    executeQuery: (query) => whenFree(patience, () => execute(query)),
    async *streamQuery(query) {
      yield await whenFree(patience, () => execute(query));
    },
  };
}
