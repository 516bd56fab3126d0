/** A million API keys and a million live refresh tokens, in SQLite and in Postgres: what a check costs. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { openDatabase } from "@countersign/sql";
import { query, startPostgres } from "../../packages/sql/src/postgres.fixture.ts";
import { type Lookups, now, toHash } from "./million-lookups.ts";

const sizes = [1000, 1_000_000];
const batch = 1000;
const inAMonth = now + 30 * 86_400;

/** The rows of each user: a login, its refresh token, an API key, and an earlier login that was ended. */
function toStatements(from: number): readonly string[] {
  const users = Array.from({ length: batch }, (_, at) => from + at);
  const values = (row: (user: number) => string) => users.map((user) => `(${row(user)})`).join(",");
  const grant = (user: number) =>
    JSON.stringify({
      subject: `user${user}`,
      audience: ["https://api.example.com"],
      scopes: ["orders:read", "orders:write"],
      authenticatedAt: now,
      methods: ["pwd"],
    });
  return [
    `insert into countersign_families (id, subject, expires_at, current_token) values ${values(
      (user) => `'family${user}', 'user${user}', ${inAMonth}, '${toHash(`token ${user}`)}'`,
    )}`,
    `insert into countersign_refresh_tokens values ${values(
      (user) =>
        `'${toHash(`token ${user}`)}', 'family${user}', '${grant(user)}', ${inAMonth}, ${inAMonth}`,
    )}`,
    `insert into countersign_api_keys (id, hash, subject, details) values ${values(
      (user) =>
        `'key${user}', '${toHash(`key ${user}`)}', 'user${user}', '{"scopes":["orders:read"]}'`,
    )}`,
    `insert into countersign_revocations values ${values((user) => `'ended${user}', ${inAMonth}`)}`,
  ];
}

interface Contender {
  readonly name: string;
  readonly url: string;
  run(text: string): unknown;
  explain(text: string): Promise<readonly string[]>;
  /** MiB on the disk. */
  size(): Promise<number>;
}

async function measure({ name, url, run, explain, size }: Contender): Promise<void> {
  console.log(`\n## ${name}\n`);
  await (await openDatabase(url)).close();
  const found: Lookups[] = [];
  let loaded = 0;
  for (const rows of sizes) {
    const start = performance.now();
    for (; loaded < rows; loaded += batch) {
      for (const statement of toStatements(loaded)) await run(statement);
    }
    await run("analyze");
    const seconds = ((performance.now() - start) / 1000).toFixed(0);
    console.log(`${rows} of each loaded, in ${seconds} s; ${await size()} MiB on the disk`);
    found.push(await lookIn(url, rows));
  }
  console.log(`\n| | with ${sizes.map((rows) => rows.toLocaleString("en")).join(" | with ")} |`);
  console.log("|---|---|---|");
  const row = (title: string, cell: (lookups: Lookups) => string) =>
    console.log(`| ${title} | ${found.map(cell).join(" | ")} |`);
  for (const kind of ["apiKey", "refreshToken", "revocation", "rotation"] as const) {
    row(`${kind}, µs, median (p99)`, (each) => `${each[kind].median} (${each[kind].p99})`);
  }
  row("memory, MiB, before → after", ({ memory }) => memory.join(" → "));
  console.log("\nPlans:");
  for (const statement of [
    "select * from countersign_api_keys where id = 'key7'",
    "select * from countersign_api_keys where hash = 'a'",
    `select * from countersign_refresh_tokens token inner join countersign_families
       on countersign_families.id = token.family where token.hash = 'a'`,
    "select key from countersign_revocations where key in ('a', 'b') limit 1",
  ]) {
    console.log(`  ${statement.replaceAll(/\s+/g, " ")}`);
    for (const step of await explain(statement)) console.log(`      ${step}`);
  }
}

/** In a process of its own, whose memory is that of a service and nothing else. */
async function lookIn(url: string, rows: number): Promise<Lookups> {
  const program = new URL("million-lookups.ts", import.meta.url);
  const execArgv = ["--conditions=@countersign/source", "--expose-gc"];
  const [lookups] = await once(fork(program, [url, String(rows)], { execArgv }), "message");
  return lookups;
}

const folder = await mkdtemp(join(tmpdir(), "countersign-million-"));
const postgres = await startPostgres();
try {
  const path = join(folder, "state.db");
  const loader = new DatabaseSync(path);
  loader.exec("pragma synchronous = off");
  await measure({
    name: "SQLite",
    url: `sqlite:${path}`,
    run: (text) => loader.exec(text),
    explain: async (text) =>
      loader
        .prepare(`explain query plan ${text}`)
        .all()
        .map(({ detail }) => String(detail)),
    async size() {
      loader.exec("pragma wal_checkpoint(truncate)");
      return Math.round((await stat(path)).size / 2 ** 20);
    },
  });
  loader.close();

  const url = await postgres.createDatabase();
  await measure({
    name: "Postgres",
    url,
    run: (text) => query(url, text),
    explain: async (text) =>
      (await query(url, `explain ${text}`)).map((row) => String(row["QUERY PLAN"])),
    async size() {
      const [row] = await query(url, "select pg_database_size(current_database()) as bytes");
      return Math.round(Number(row?.bytes) / 2 ** 20);
    },
  });
} finally {
  await postgres.remove();
  await rm(folder, { recursive: true });
}
