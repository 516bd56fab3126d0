import { DatabaseSync } from "node:sqlite";
import { Pool } from "pg";
import { expect, it, vi } from "vitest";
import type { Database } from "./database.ts";
import { describeDatabases } from "./databases.fixture.ts";
import type { DatabaseKind } from "./migration/migrations.ts";
import { openDatabase } from "./open-database.ts";
import type { PostgresClient, PostgresPool } from "./postgres/pool.ts";

const rows = 2000;
const inAnHour = Math.floor(Date.now() / 1000) + 3600;
const grant = { subject: "s7", audience: ["api"], scopes: [] };

/** Enough rows that a planner would rather use an index, made by the database itself. */
function fillings(kind: DatabaseKind): readonly string[] {
  const numbers =
    kind === "sqlite"
      ? `(with recursive n (i) as (select 0 union all select i + 1 from n where i < ${rows}) select i from n)`
      : `generate_series(0, ${rows}) as n (i)`;
  return [
    `insert into countersign_families (id, subject, expires_at, current_token)
       select 'f' || i, 's' || i, ${inAnHour}, 'h' || i from ${numbers}`,
    `insert into countersign_refresh_tokens
       select 'h' || i, 'f' || i, '${JSON.stringify(grant)}', ${inAnHour}, ${inAnHour} from ${numbers}`,
    ...["replays", "revocations"].map(
      (table) => `insert into countersign_${table} select 'k' || i, ${inAnHour} from ${numbers}`,
    ),
    `insert into countersign_api_keys (id, hash, subject, details, expires_at)
       select 'k' || i, 'h' || i, 's' || i, '{}', ${inAnHour} from ${numbers}`,
    `insert into countersign_throttle select 'logins:' || i, 1, ${inAnHour} from ${numbers}`,
    "analyze",
  ];
}

/** One call of everything that is asked while somebody waits, and of the sweep. */
async function callAll({ refreshTokens, replays, revocations, ...others }: Database) {
  const { apiKeys, signingKeys, throttle, sweep } = others;
  const now = inAnHour - 3600;
  const token = { hash: "new", family: "new", grant, expiresAt: inAnHour, loginEndsAt: inAnHour };
  await refreshTokens.start(token);
  await refreshTokens.find("h7");
  const rotation = { presented: "h7", sealedAnswer: "x", replayUntil: now, now };
  const successor = { ...token, hash: "next", family: "f7" };
  expect(await refreshTokens.rotate({ ...rotation, successor })).toEqual({ kind: "rotated" });
  expect(await refreshTokens.rotate({ ...rotation, successor })).toMatchObject({ kind: "reused" });
  await refreshTokens.families("s8");
  await refreshTokens.revokeFamily("f8");
  await refreshTokens.revokeSubject("s9");
  await replays.reserve("k7", inAnHour);
  await replays.isTaken?.("k7");
  await revocations.revoke("k7", inAnHour);
  await revocations.isRevoked(["a", "b", "k7"]);
  await apiKeys.find({ id: "k7", hash: "h7" });
  await apiKeys.find({ hash: "h7" });
  await apiKeys.touch?.("k7", now);
  await apiKeys.list("s7");
  await apiKeys.replace("k7", { id: "new", hash: "new", subject: "s7" }, inAnHour);
  await apiKeys.remove("k8");
  await signingKeys.replace(0, []);
  await signingKeys.read();
  const logins = throttle({ name: "logins", points: 1, duration: 60 });
  await logins.consume("a");
  await logins.consume("a").catch(() => {});
  await logins.get?.("a");
  await logins.reward("a");
  await sweep();
}

/** What deleting a family does besides, which no plan of that statement shows. */
const cascade = "delete from countersign_refresh_tokens where family = 'f7'";

describeDatabases(({ kind, createUrl, run }) => {
  async function openFilled() {
    const url = await createUrl();
    await (await openDatabase(url)).close();
    for (const filling of fillings(kind)) await run(url, filling);
    return url;
  }

  if (kind === "sqlite") {
    it("finds every row by an index", async () => {
      const url = await openFilled();
      const statements = new Set([cascade]);
      const { prepare } = DatabaseSync.prototype;
      const spy = vi.spyOn(DatabaseSync.prototype, "prepare").mockImplementation(function (
        this: DatabaseSync,
        text,
      ) {
        if (text.includes("countersign_")) statements.add(text);
        return prepare.call(this, text);
      });
      const database = await openDatabase(url, { timeout: 20, sweepInterval: 0 });
      await callAll(database);
      await database.close();
      spy.mockRestore();
      expect(statements.size).toBeGreaterThan(30);
      for (const statement of statements) {
        if (statement.startsWith("select max(version)")) continue;
        const plan = (await run(url, `explain query plan ${statement}`)).map(
          ({ detail }) => detail,
        );
        const slow = plan.filter((step) => /^SCAN|TEMP B-TREE/.test(String(step)));
        expect([statement, ...slow]).toEqual([statement]);
      }
    });
    return;
  }

  it("finds every row by an index", async () => {
    const url = await openFilled();
    const asked = new Map<string, readonly unknown[]>([[cascade, []]]);
    const pool = new Pool({ connectionString: url });
    const database = await openDatabase(listenTo(pool, asked), { timeout: 20, sweepInterval: 0 });
    await callAll(database);
    await database.close();
    expect(asked.size).toBeGreaterThan(30);
    for (const [statement, values] of asked) {
      if (!statement.includes("countersign_") || statement.startsWith("select max")) continue;
      const client = await pool.connect();
      await client.query("begin");
      const { rows } = await client.query(`explain (format json) ${statement}`, [...values]);
      await client.query("rollback");
      client.release();
      const slow = JSON.stringify(rows).match(/"Node Type":"(Seq Scan|Sort)"[^{}]*/g) ?? [];
      const reading = slow.filter((step) => !step.includes("countersign_signing_keys"));
      expect([statement, ...reading]).toEqual([statement]);
    }
    await pool.end();
  });
});

/** The pool, and what is asked through it. */
function listenTo(pool: Pool, asked: Map<string, readonly unknown[]>): PostgresPool {
  return {
    async connect() {
      const client: PostgresClient = await pool.connect();
      return {
        query(query) {
          asked.set(query.text, query.values);
          return client.query(query);
        },
        on: (event, listener) => client.on(event, listener),
        off: (event, listener) => client.off(event, listener),
        release: (destroy) => client.release(destroy),
      };
    },
  };
}
