import { afterEach, expect, it } from "vitest";
import type { Database } from "./database.ts";
import { describeDatabases } from "./databases.fixture.ts";
import { type DatabaseOptions, openDatabase } from "./open-database.ts";

const start = 1_800_000_000;
const clock = { time: start * 1000, now: () => clock.time };
const turnTo = (seconds: number) => {
  clock.time = seconds * 1000;
};

describeDatabases(({ kind, createUrl, run }) => {
  let database: Database | undefined;
  let url: string;
  afterEach(() => database?.close());

  async function open(options: DatabaseOptions = {}) {
    turnTo(start);
    url = await createUrl();
    database = await openDatabase(url, { clock, timeout: 20, sweepInterval: 0, ...options });
    return database;
  }
  const count = async (table: string) =>
    Number((await run(url, `select count(*) as count from countersign_${table}`))[0]?.count);

  async function fill({ refreshTokens, replays, revocations, apiKeys, throttle }: Database) {
    const grant = { subject: "ada", audience: ["api"], scopes: [] };
    for (let at = 0; at < 4; at++) {
      const expiresAt = start + (at % 2 === 0 ? 60 : 6000);
      const token = {
        hash: `h${at}`,
        family: `f${at}`,
        grant,
        expiresAt,
        loginEndsAt: expiresAt,
      };
      await refreshTokens.start(token);
      await replays.reserve(`k${at}`, expiresAt);
      await revocations.revoke(`k${at}`, expiresAt);
      await apiKeys.add({ id: `k${at}`, hash: `h${at}`, subject: "ada", expiresAt });
      const duration = expiresAt - start;
      await throttle({ name: `t${at}`, points: 1, duration }).consume("a");
    }
    await apiKeys.add({ id: "for ever", hash: "h", subject: "ada" });
  }
  const tables = ["families", "refresh_tokens", "replays", "revocations", "api_keys", "throttle"];
  const countAll = () => Promise.all(tables.map(count));

  it("takes what expired five minutes ago, and nothing else", async () => {
    const filled = await open();
    await fill(filled);
    turnTo(start + 60 + 299);
    expect(await filled.sweep()).toBe(0);
    expect(await countAll()).toEqual([4, 4, 4, 4, 5, 4]);
    turnTo(start + 60 + 300);
    expect(await filled.sweep()).toBe(12);
    expect(await countAll()).toEqual([2, 2, 2, 2, 3, 2]);
    expect(await filled.refreshTokens.find("h0")).toBeUndefined();
    expect(await filled.refreshTokens.find("h1")).toBeDefined();
    turnTo(start * 2);
    expect(await filled.sweep()).toBe(12);
    expect(await countAll()).toEqual([0, 0, 0, 0, 1, 0]);
  });

  it("takes no more than it may", async () => {
    const filled = await open();
    await fill(filled);
    turnTo(start + 60 + 300);
    expect([await filled.sweep(5), await filled.sweep(5), await filled.sweep(5)]).toEqual([
      5, 5, 2,
    ]);
    expect(await filled.sweep(5)).toBe(0);
  });

  it("leaves a family while one of its tokens lives, and its used tokens go", async () => {
    const { refreshTokens, sweep } = await open();
    const grant = { subject: "ada", audience: ["api"], scopes: [] };
    const login = { family: "f", grant, loginEndsAt: start + 9000 };
    await refreshTokens.start({ ...login, hash: "first", expiresAt: start + 60 });
    await refreshTokens.rotate({
      presented: "first",
      successor: { ...login, hash: "second", expiresAt: start + 6000 },
      sealedAnswer: "sealed",
      replayUntil: start + 10,
      now: start,
    });
    turnTo(start + 60 + 300);
    expect(await sweep()).toBe(1);
    expect(await refreshTokens.find("first")).toBeUndefined();
    expect(await refreshTokens.find("second")).toBeDefined();
    expect(await count("families")).toBe(1);
  });

  it("happens by itself, in batches, and ends with the database", async () => {
    const filled = await open({ sweepInterval: 0.02 });
    turnTo(start);
    const values = Array.from({ length: 1200 }, (_, at) => `('k${at}', ${start - 300})`);
    await run(url, `insert into countersign_replays values ${values.join(",")}`);
    await expect.poll(() => count("replays")).toBe(0);
    await filled.close();
    await filled.close();
    await expect(async () => filled.sweep()).rejects.toThrow();
  });

  if (kind === "sqlite") return;

  it("waits for nobody", async () => {
    const filled = await open();
    await fill(filled);
    turnTo(start + 60 + 300);
    const holder = run(
      url,
      "begin; select * from countersign_families for update; select pg_sleep(1)",
    );
    const waiting =
      "select 1 from pg_stat_activity where query like '%pg_sleep(1)%' and wait_event = 'PgSleep'";
    await expect.poll(() => run(url, waiting)).toHaveLength(1);
    expect(await filled.sweep()).toBe(10);
    await holder;
    expect(await filled.sweep()).toBe(2);
  });
});
