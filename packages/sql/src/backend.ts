import type { Dialect } from "kysely";
import type { DatabaseKind } from "./migration/migrations.ts";

/** What SQLite and Postgres give alike. */
export interface Backend {
  readonly kind: DatabaseKind;
  /** @param timeout seconds in which a statement or a transaction comes to its end */
  dialect(timeout: number): Dialect;
  close(): Promise<void>;
}
