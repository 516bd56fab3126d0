import type { Kysely, Transaction } from "kysely";

/** The tables, as `migration/migrations.ts` makes them. Times are seconds since the epoch. */
export interface Tables {
  /** One row for each login that can be refreshed. */
  readonly countersign_families: {
    readonly id: string;
    readonly subject: string;
    /** When the last of its tokens expires. */
    readonly expires_at: number;
    /** The hash of the token that rotates next. */
    readonly current_token: string;
    /** The hash of the one before it, with the answer that was given for it. */
    readonly previous_token: string | null;
    readonly sealed_answer: string | null;
    readonly replay_until: number | null;
  };
  /** Every refresh token of every family, used ones too: never changed, only added and deleted. */
  readonly countersign_refresh_tokens: {
    readonly hash: string;
    readonly family: string;
    /** As JSON. */
    readonly granted: string;
    readonly expires_at: number;
    readonly login_ends_at: number;
  };
  readonly countersign_replays: { readonly key: string; readonly expires_at: number };
  readonly countersign_revocations: { readonly key: string; readonly expires_at: number };
  readonly countersign_api_keys: {
    readonly id: string;
    readonly hash: string;
    readonly subject: string;
    /** The rest of its record (scopes, roles, …), as JSON. */
    readonly details: string;
    readonly expires_at: number | null;
    /** The id of its successor. */
    readonly replaced_by: string | null;
    readonly last_used_at: number | null;
  };
  /** One row at most. */
  readonly countersign_signing_keys: {
    readonly id: number;
    readonly version: number;
    /** All keys, as JSON, each sealed by the issuer. */
    readonly keys: string;
  };
  /** One row for each window that is open. */
  readonly countersign_throttle: {
    readonly key: string;
    readonly consumed: number;
    readonly expires_at: number;
  };
}

/** The database as the stores see it. */
export interface Sql {
  /** Asks for one statement: its result, or an error within the time-out. */
  ask<T>(work: (db: Kysely<Tables>) => Promise<T>): Promise<T>;
  /** Runs several statements as one atomic step, under the same time-out. */
  decide<T>(work: (db: Transaction<Tables>) => Promise<T>): Promise<T>;
  /** Whether rows are locked one by one. SQLite has one lock for all, and a decision holds it. */
  readonly locksRows: boolean;
  /** Milliseconds since the epoch. */
  now(): number;
}
