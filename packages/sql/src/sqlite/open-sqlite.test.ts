import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ConfigurationError } from "@countersign/core/wire";
import { Kysely, sql } from "kysely";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openDatabase } from "../open-database.ts";
import { configure, openSqlite } from "./open-sqlite.ts";

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "countersign-sqlite-"));
  path = join(folder, "state.db");
});
afterEach(() => rm(folder, { recursive: true }));

const token = {
  hash: "hash",
  family: "family",
  grant: { subject: "ada", audience: ["api"], scopes: ["a"] },
  expiresAt: 4_000_000_000,
  loginEndsAt: 4_000_000_000,
};

function rotationOf(record: typeof token) {
  const successor = { ...record, hash: crypto.randomUUID() };
  return { presented: record.hash, successor, sealedAnswer: "sealed", replayUntil: 100, now: 1 };
}

describe("a file of SQLite", () => {
  it("keeps what it is given over a restart", async () => {
    const before = await openDatabase(`sqlite:${path}`);
    await before.refreshTokens.start(token);
    await before.close();
    const after = await openDatabase(`sqlite:${path}`);
    expect(await after.refreshTokens.find("hash")).toEqual({ ...token, isUsed: false });
    await after.close();
  });

  it("is for its owner's eyes only, as are those that SQLite puts beside it", async () => {
    const database = await openDatabase(`sqlite:${path}`);
    await database.refreshTokens.start(token);
    for (const file of [path, `${path}-wal`, `${path}-shm`]) {
      expect([file, (await stat(file)).mode & 0o777]).toEqual([file, 0o600]);
    }
    await database.close();
  });

  it("keeps the permissions that somebody gave it", async () => {
    await writeFile(path, "");
    await chmod(path, 0o640);
    await (await openDatabase(`sqlite:${path}`)).close();
    expect((await stat(path)).mode & 0o777).toBe(0o640);
  });

  it("is one file when it is closed", async () => {
    const database = await openDatabase(`sqlite:${path}`);
    await database.refreshTokens.start(token);
    await database.close();
    await expect(stat(`${path}-wal`)).rejects.toThrow("ENOENT");
  });

  it("writes ahead, flushes every commit to the disk, and enforces references", async () => {
    const backend = await openSqlite(path);
    const db = new Kysely({ dialect: backend.dialect(1) });
    const read = async (pragma: string) =>
      Object.values((await sql.raw(`pragma ${pragma}`).execute(db)).rows[0] as object)[0];
    expect(await read("journal_mode")).toBe("wal");
    expect(await read("synchronous")).toBe(2); // FULL
    expect(await read("foreign_keys")).toBe(1);
    await backend.close();
  });

  it("is refused where it cannot be", async () => {
    await expect(openDatabase(`sqlite:${join(folder, "none", "x.db")}`)).rejects.toThrow("ENOENT");
    await mkdir(join(folder, "directory"));
    await expect(openDatabase(`sqlite:${join(folder, "directory")}`)).rejects.toThrow("EISDIR");
    await writeFile(path, "This is no database. ".repeat(1000));
    await expect(openDatabase(`sqlite:${path}`)).rejects.toThrow("not a database");
  });

  it("is refused where SQLite cannot write ahead", async () => {
    // SQLite's own stand-in for a file system without locks, such as some network file systems.
    const database = new DatabaseSync(`file:${path}?vfs=unix-none`);
    await expect(configure(database)).rejects.toThrow(ConfigurationError);
    database.close();
  });

  it("answers nothing more when it is closed", async () => {
    const database = await openDatabase(`sqlite:${path}`);
    await database.close();
    await expect(database.refreshTokens.find("hash")).rejects.toThrow("not open");
    await expect(database.refreshTokens.start(token)).rejects.toThrow("not open");
  });
});

describe("a lock that another process holds", () => {
  function hold() {
    const other = new DatabaseSync(path);
    other.exec("begin immediate");
    return {
      release() {
        other.exec("rollback");
        other.close();
      },
    };
  }

  it("is waited for, while this process does other things", async () => {
    const database = await openDatabase(`sqlite:${path}`, { timeout: 10 });
    const other = hold();
    const writing = database.refreshTokens.start(token);
    const events: string[] = [];
    const written = Promise.resolve(writing).then(() => events.push("written"));
    // Would never come if the wait held up the process.
    await new Promise((resolve) => setTimeout(resolve, 20));
    events.push("released");
    other.release();
    await written;
    expect(events).toEqual(["released", "written"]);
    expect(await database.refreshTokens.find("hash")).toBeDefined();
    await database.close();
  });

  it("is not waited for beyond the time-out", async () => {
    const database = await openDatabase(`sqlite:${path}`, { timeout: 0.05 });
    const other = hold();
    await expect(database.refreshTokens.start(token)).rejects.toThrow(/locked|answer within/);
    await expect(database.replays.reserve("jti", 4_000_000_000)).rejects.toThrow();
    expect(await database.refreshTokens.find("hash")).toBeUndefined();
    other.release();
    await database.refreshTokens.start(token);
    expect(await database.replays.reserve("jti", 4_000_000_000)).toBe(true);
    await database.close();
  });

  it("is not taken for what has been given up", async () => {
    const database = await openDatabase(`sqlite:${path}`, { timeout: 0.1 });
    const tokens = ["a", "b", "c"].map((hash) => ({ ...token, hash, family: hash }));
    for (const each of tokens) await database.refreshTokens.start(each);
    const other = hold();
    // One waits for the lock, and the others for the one that does.
    const given = tokens.map((each) => database.refreshTokens.rotate(rotationOf(each)));
    for (const { status } of await Promise.allSettled(given)) expect(status).toBe("rejected");
    other.release();
    for (const each of tokens) {
      // Would be a replay if an earlier one had rotated it after all.
      const again = await database.refreshTokens.rotate(rotationOf(each));
      expect(again).toEqual({ kind: "rotated" });
    }
    await database.close();
  });

  it("does not keep anybody from reading", async () => {
    const database = await openDatabase(`sqlite:${path}`);
    await database.refreshTokens.start(token);
    const other = hold();
    expect(await database.refreshTokens.find("hash")).toBeDefined();
    other.release();
    await database.close();
  });
});

describe("the options of a database", () => {
  it.each([
    "",
    "state.db",
    "sqlite:",
    "sqlite",
    "mysql://root@127.0.0.1/x",
    "POSTGRES//x",
    "postgres:/one-slash:planted-password@host",
  ])("%j is no database, and is not repeated", async (url) => {
    const refused: unknown = await openDatabase(url).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ConfigurationError);
    expect(String(refused)).not.toContain("planted");
  });

  it("an address of Postgres that cannot be read is refused, and is not repeated", async () => {
    const refused = await openDatabase("postgres://u:planted#/%@h:x/d").catch((error) => error);
    expect(refused).toBeInstanceOf(ConfigurationError);
    expect(JSON.stringify(refused) + String(refused) + refused.stack).not.toContain("planted");
  });

  it.each([
    { timeout: 0 },
    { timeout: Number.NaN },
    { timeout: 1e9 },
    { connections: 0 },
    { connections: 1.5 },
    { sweepInterval: -1 },
    { sweepInterval: Number.POSITIVE_INFINITY },
  ])("%o are refused", async (options) => {
    await expect(openDatabase("sqlite::memory:", options)).rejects.toThrow(ConfigurationError);
  });

  it.each([
    { name: "", points: 1, duration: 1 },
    { name: "a", points: 0, duration: 1 },
    { name: "a", points: 1, duration: Number.NaN },
  ])("a throttle with %o is refused", async (options) => {
    const database = await openDatabase("sqlite::memory:");
    expect(() => database.throttle(options)).toThrow(ConfigurationError);
    await database.close();
  });
});
