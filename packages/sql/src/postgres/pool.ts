import type { PostgresPool as KyselyPool } from "kysely";

/**
 * A pool of connections to Postgres, as far as it is used here. A `Pool` of `pg` is one.
 *
 * @example
 * const pool: PostgresPool = new Pool({ host: "db.example.com", password: fetchDatabaseToken });
 */
export interface PostgresPool {
  connect(): Promise<PostgresClient>;
}

/**
 * One connection of a {@link PostgresPool}.
 *
 * @example
 * const client: PostgresClient = await pool.connect();
 */
export interface PostgresClient {
  query(query: PostgresQuery): Promise<PostgresResult>;
  on(event: "error", listener: (error: Error) => void): unknown;
  off(event: "error", listener: (error: Error) => void): unknown;
  /** @param destroy whether the connection is of no more use */
  release(destroy?: boolean): void;
}

interface PostgresQuery {
  readonly text: string;
  readonly values: unknown[];
  /** Milliseconds. */
  readonly query_timeout: number;
  readonly types: { getTypeParser(type: number): (value: string) => string | number };
}

interface PostgresResult {
  readonly command: string;
  readonly rowCount: number | null;
  // biome-ignore lint/suspicious/noExplicitAny: as pg and Kysely have it; Kysely knows the columns
  readonly rows: any[];
}

/** Postgres's numbers for `bigint` and `integer`; ours are all below 2^53. */
const integers = [20, 23];
const types: PostgresQuery["types"] = {
  getTypeParser: (type) => (integers.includes(type) ? Number : (value) => value),
};

/**
 * The pool as Kysely wants it, made so that nothing outlives its time: neither a connection that broke, or
 * on which Postgres owes an answer, which is closed and not given back; nor a transaction that somebody
 * has given up, which is not continued.
 *
 * @param timeout seconds from asking for a connection to the last answer on it
 */
export function toKyselyPool(pool: PostgresPool, timeout: number): KyselyPool {
  return {
    options: {},
    async end() {},
    async connect() {
      const deadline = performance.now() + timeout * 1000;
      const client = await pool.connect();
      let isBroken = false;
      // While it is lent out, the pool does not listen, and an error that nobody hears ends the process.
      const onError = () => {
        isBroken = true;
      };
      client.on("error", onError);

      async function query(text: string, values: readonly unknown[] = []) {
        const timeLeft = Math.ceil(deadline - performance.now());
        isBroken ||= timeLeft <= 0;
        if (isBroken) throw new Error("The connection to Postgres was lost, or too slow.");
        try {
          return await client.query({ text, values: [...values], query_timeout: timeLeft, types });
        } catch (error) {
          // What Postgres itself says has a severity. Anything else came instead of its answer.
          isBroken ||= !(error instanceof Error && "severity" in error);
          throw error;
        }
      }

      return {
        query: query as Awaited<ReturnType<KyselyPool["connect"]>>["query"],
        release() {
          client.off("error", onError);
          client.release(isBroken);
        },
      };
    },
  };
}
