import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { inspect } from "node:util";
import { Pool } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Database } from "../database.ts";
import { openDatabase } from "../open-database.ts";
import {
  howToGetPostgres,
  type PostgresServer,
  query,
  startPostgres,
  withoutPostgres,
} from "../postgres.fixture.ts";

describe.skipIf(withoutPostgres)(`Postgres that goes away (${howToGetPostgres})`, () => {
  let server: PostgresServer;
  let url: string;
  let database: Database;
  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);
  afterAll(() => server?.remove());
  beforeEach(async () => {
    url = await server.createDatabase();
    database = await openDatabase(url, { timeout: 0.3 });
  });
  afterEach(() => database?.close());

  /** One call of every store, each of which must come to an end. */
  function askAll() {
    const { refreshTokens, replays, revocations, apiKeys, signingKeys, throttle } = database;
    const logins = throttle({ name: "logins", points: 5, duration: 60 });
    return [
      refreshTokens.start(newToken()),
      refreshTokens.find("hash"),
      refreshTokens.rotate(rotationOf(newToken())),
      refreshTokens.families("ada"),
      refreshTokens.revokeFamily("family"),
      refreshTokens.revokeSubject("ada"),
      replays.reserve("jti", inAnHour()),
      replays.isTaken?.("jti"),
      revocations.revoke("sid", inAnHour()),
      revocations.isRevoked(["sid"]),
      apiKeys.find({ hash: "hash" }),
      apiKeys.touch?.("id", 1),
      apiKeys.add({ id: crypto.randomUUID(), hash: "hash", subject: "ada" }),
      apiKeys.list("ada"),
      apiKeys.replace("id", { id: "new", hash: "new", subject: "ada" }, 1),
      apiKeys.remove("id"),
      signingKeys.read(),
      signingKeys.replace(9, []),
      logins.consume("ada"),
      logins.get?.("ada"),
      logins.reward("ada"),
      database.sweep(),
    ];
  }

  async function expectRefusals() {
    const results = await Promise.allSettled(askAll());
    expect(results.map(({ status }) => status)).toEqual(results.map(() => "rejected"));
    for (const result of results) {
      const { reason } = result as PromiseRejectedResult;
      // An Error: what is anything else is a throttle's refusal, and an answer.
      expect(reason).toBeInstanceOf(Error);
      expect(inspect(reason, { depth: Infinity, showHidden: true })).not.toMatch(/password/i);
    }
  }

  async function expectAnswers() {
    const isTaken = async (key: string) => database.replays.isTaken?.(key);
    // A connection that was cut is found out by whoever uses it next, or by its pool before.
    await expect.poll(() => isTaken("any").catch(String)).toBe(false);
    const results = await Promise.allSettled(askAll());
    expect(results.map(({ status }) => status)).toEqual(results.map(() => "fulfilled"));
  }

  it("is no answer of any store, and serves again when it is back", async () => {
    await expectAnswers();
    await server.halt();
    await expectRefusals();
    await expectRefusals();
    await server.start();
    await expectAnswers();
  });

  it("may also be killed", async () => {
    await expectAnswers();
    await server.kill();
    await expectRefusals();
    await server.start();
    await expectAnswers();
  });

  it("may keep its connections and say nothing", async () => {
    await expectAnswers();
    await server.pause();
    try {
      await expectRefusals();
      // Not only those who find a connection: so do those who wait for one, or for a new one.
      await expectRefusals();
    } finally {
      await server.resume();
    }
    await expectAnswers();
  });

  it("may cut a connection in the middle of a transaction", async () => {
    const pool = new Pool({ connectionString: url, max: 1 });
    pool.on("error", () => {});
    const own = await openDatabase(pool, { timeout: 5 });
    try {
      const token = newToken();
      await own.refreshTokens.start(token);
      const holder = new Pool({ connectionString: url, max: 1 });
      const client = await holder.connect();
      await client.query("begin; select from countersign_families for update");
      // Waits for the row, and loses its connection over it.
      const rotating = own.refreshTokens.rotate(rotationOf(token));
      const refusal = expect(rotating).rejects.toThrow();
      const waiting = "select pid from pg_stat_activity where wait_event_type = 'Lock'";
      await expect.poll(() => query(url, waiting)).toHaveLength(1);
      const [row] = await query(url, waiting);
      await query(url, `select pg_terminate_backend(${row?.pid})`);
      await refusal;
      await client.query("commit");
      client.release();
      await holder.end();
      expect(await own.refreshTokens.rotate(rotationOf(token))).toEqual({ kind: "rotated" });
    } finally {
      await own.close();
      await pool.end();
    }
  });

  it("may be at the end of connections that lead nowhere, and of others that do", async () => {
    const { hostname, port } = new URL(url);
    const through: Socket[] = [];
    const proxy = createServer((incoming) => {
      const outgoing = connect(Number(port), hostname);
      through.push(
        incoming.on("error", () => {}),
        outgoing.on("error", () => {}),
      );
      incoming.pipe(outgoing).pipe(incoming);
    }).listen(0, "127.0.0.1");
    await once(proxy, "listening");
    const proxied = new URL(url);
    proxied.port = String((proxy.address() as AddressInfo).port);
    const own = await openDatabase(proxied.href, { timeout: 0.3, connections: 1 });
    try {
      await own.revocations.revoke("sid", inAnHour());
      // Nobody is told: as when a firewall forgets a connection.
      for (const socket of through) socket.unpipe();
      await expect(own.revocations.isRevoked(["sid"])).rejects.toThrow();
      await expect.poll(async () => isRevokedIn(own, "sid")).toBe(true);
    } finally {
      await own.close();
      for (const socket of through) socket.destroy();
      proxy.close();
    }
  });

  it("is told to give up what nobody waits for any more", async () => {
    const token = newToken();
    await database.refreshTokens.start(token);
    const pool = new Pool({ connectionString: url, max: 1 });
    const client = await pool.connect();
    await client.query("begin; select from countersign_families for update");
    await expect(database.refreshTokens.rotate(rotationOf(token))).rejects.toThrow();
    const waiting = "select pid from pg_stat_activity where wait_event_type = 'Lock'";
    await expect.poll(() => query(url, waiting)).toEqual([]);
    await client.query("commit");
    client.release();
    await pool.end();
    expect(await database.refreshTokens.rotate(rotationOf(token))).toEqual({ kind: "rotated" });
  });

  it("does nothing any more of what has been given up", async () => {
    const own = await openDatabase(url, { timeout: 0.3, connections: 1 });
    const [held, token] = [newToken(), newToken()];
    for (const each of [held, token]) await own.refreshTokens.start(each);
    const pool = new Pool({ connectionString: url, max: 1 });
    const client = await pool.connect();
    await client.query("begin; select from countersign_families for update");
    // The first has the one connection and waits for a row; the second waits for the connection.
    const first = rotationOf(held);
    const given = [own.refreshTokens.rotate(first), own.refreshTokens.rotate(rotationOf(token))];
    for (const { status } of await Promise.allSettled(given)) expect(status).toBe("rejected");
    await client.query("commit");
    client.release();
    await pool.end();
    for (const each of [held, token]) {
      // Would be a replay if an earlier one had rotated it after all.
      const again = await own.refreshTokens.rotate(rotationOf(each));
      expect(again).toEqual({ kind: "rotated" });
    }
    await own.close();
  });

  it("cannot be opened while it is away", async () => {
    await server.halt();
    await expect(openDatabase(url)).rejects.toThrow(/ECONNREFUSED/);
    await server.start();
    await (await openDatabase(url)).close();
  });

  it("does not tell its password when it refuses one", async () => {
    const wrong = new URL(url);
    wrong.password = "planted-password";
    const refused = await openDatabase(wrong.href).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Error);
    const shown = inspect(refused, { depth: Infinity, showHidden: true }) + String(refused);
    expect(shown).not.toContain("planted-password");
  });
});

async function isRevokedIn({ revocations }: Database, key: string) {
  try {
    return await revocations.isRevoked([key]);
  } catch {
    return undefined;
  }
}

/** The first token of a login of its own. */
function newToken() {
  const grant = { subject: "ada", audience: ["api"], scopes: [] };
  const ends = { expiresAt: inAnHour(), loginEndsAt: inAnHour() };
  return { hash: crypto.randomUUID(), family: crypto.randomUUID(), grant, ...ends };
}

function rotationOf(record: ReturnType<typeof newToken>) {
  const successor = { ...record, hash: crypto.randomUUID() };
  const now = inAnHour() - 3600;
  const presented = record.hash;
  return { presented, successor, sealedAnswer: "sealed", replayUntil: now + 10, now };
}

function inAnHour(): number {
  return Math.floor(Date.now() / 1000) + 3600;
}
