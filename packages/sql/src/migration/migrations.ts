/** The kinds of databases there are. */
export type DatabaseKind = "sqlite" | "postgres";

/** One step from one version of the tables to the next. What has been released is never changed. */
interface Migration {
  readonly title: string;
  readonly statements: readonly string[];
}

/** What the two kinds spell differently. */
const spellings = {
  // A table without rowids is its own primary key: one look-up finds a row, not two.
  sqlite: { text: "text", time: "integer", small: "strict, without rowid", large: "strict" },
  // By bytes: keys are compared exactly, and sorted alike in every database.
  postgres: { text: 'text collate "C"', time: "bigint", small: "", large: "" },
} as const;

/** Every migration, the first being the one from nothing to version 1. */
export function listMigrations(kind: DatabaseKind): readonly Migration[] {
  const { text, time, small, large } = spellings[kind];
  return [
    {
      title: "refresh tokens, used keys, revocations, API keys, signing keys, throttles",
      statements: [
        `create table countersign_families (
  id ${text} primary key,
  subject ${text} not null,
  expires_at ${time} not null,
  current_token ${text} not null,
  previous_token ${text},
  sealed_answer text,
  replay_until ${time}
) ${large}`,
        "create index countersign_families_subject on countersign_families (subject)",
        "create index countersign_families_expiry on countersign_families (expires_at)",
        `create table countersign_refresh_tokens (
  hash ${text} primary key,
  family ${text} not null references countersign_families (id) on delete cascade,
  granted text not null,
  expires_at ${time} not null,
  login_ends_at ${time} not null
) ${large}`,
        "create index countersign_refresh_tokens_family on countersign_refresh_tokens (family)",
        "create index countersign_refresh_tokens_expiry on countersign_refresh_tokens (expires_at)",
        `create table countersign_replays (
  key ${text} primary key,
  expires_at ${time} not null
) ${small}`,
        "create index countersign_replays_expiry on countersign_replays (expires_at)",
        `create table countersign_revocations (
  key ${text} primary key,
  expires_at ${time} not null
) ${small}`,
        "create index countersign_revocations_expiry on countersign_revocations (expires_at)",
        `create table countersign_api_keys (
  id ${text} primary key,
  hash ${text} not null,
  subject ${text} not null,
  details text not null,
  expires_at ${time},
  replaced_by ${text},
  last_used_at ${time}
) ${large}`,
        "create index countersign_api_keys_hash on countersign_api_keys (hash)",
        "create index countersign_api_keys_subject on countersign_api_keys (subject, id)",
        "create index countersign_api_keys_expiry on countersign_api_keys (expires_at)",
        `create table countersign_signing_keys (
  id integer primary key check (id = 1),
  version ${time} not null,
  keys text not null
) ${large}`,
        `create table countersign_throttle (
  key ${text} primary key,
  consumed ${time} not null,
  expires_at ${time} not null
) ${small}`,
        "create index countersign_throttle_expiry on countersign_throttle (expires_at)",
      ],
    },
  ].map(({ title, statements }) => ({ title, statements: statements.map((each) => each.trim()) }));
}

/** Keeps which migrations have been run. */
export const createVersions =
  "create table if not exists countersign_migrations (version integer primary key)";

export function recordVersion(version: number): string {
  return `insert into countersign_migrations (version) values (${version})`;
}

/**
 * The SQL that `openDatabase` runs on an empty database, for whoever wants to read it, or to run it
 * with other rights than the service has: a service that finds the tables as they should be changes
 * nothing.
 *
 * @example
 * console.log(migrationsFor("postgres"));
 */
export function migrationsFor(kind: DatabaseKind): string {
  const steps = listMigrations(kind).flatMap(({ title, statements }, index) => [
    `-- ${index + 1}: ${title}`,
    ...[...statements, recordVersion(index + 1)].map((statement) => `${statement};`),
  ]);
  return ["begin;", `${createVersions};`, ...steps, "commit;", ""].join("\n");
}
