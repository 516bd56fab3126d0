import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout } from "node:timers/promises";
import { createJwtVerifier } from "@countersign/core";
import { sha256 } from "@countersign/core/wire";
import type { PublicKeySet, TokenAnswer } from "@countersign/issuer";
import { openDatabase } from "@countersign/sql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  howToGetPostgres,
  type PostgresServer,
  query,
  startPostgres,
  withoutPostgres,
} from "../../../packages/sql/src/postgres.fixture.ts";
import { audience, url as issuer } from "./issuer-process.fixture.ts";
import { type KillableIssuer, Refused, startIssuer, Unanswered } from "./start-issuer.fixture.ts";

/** `KILLS=200` for the long run. */
const kills = Number(process.env.KILLS ?? 20);

/** Keys sign as soon as they are made, so that a lost one is missed at once. */
const notice = 0;

/** Who holds a login, and refreshes it as fast as it can, whatever becomes of the issuer. */
interface Holder {
  readonly subject: string;
  accessToken: string;
  refreshToken: string;
  /** Every refresh token before it, the latest last. */
  readonly used: string[];
}

async function logIn(server: KillableIssuer, subject: string): Promise<Holder> {
  const answer = (await server.ask("login", subject)) as Required<TokenAnswer>;
  return {
    subject,
    accessToken: answer.access_token,
    refreshToken: answer.refresh_token,
    used: [],
  };
}

/** One refresh. What is not answered leaves the holder with the token it has. */
async function refresh(server: KillableIssuer, holder: Holder): Promise<void> {
  const answer = (await server.ask("refresh", holder.refreshToken)) as Required<TokenAnswer>;
  holder.used.push(holder.refreshToken);
  holder.refreshToken = answer.refresh_token;
  holder.accessToken = answer.access_token;
}

/** Refreshes, and makes new signing keys in between, until the process ends. */
async function keepBusy(server: KillableIssuer, holders: readonly Holder[]): Promise<void> {
  const refreshing = holders.map(async (holder) => {
    for (;;) await refresh(server, holder);
  });
  const ended = await Promise.allSettled([...refreshing, server.ask("rotateKeys")]);
  for (const each of ended) {
    if (each.status === "rejected") expect(each.reason).toBeInstanceOf(Unanswered);
  }
}

/** Nobody has lost anything: the token that a holder has is good, whatever was not answered. */
async function expectNothingLost(server: KillableIssuer, holders: readonly Holder[]) {
  const jwks = (await server.ask("jwks")) as PublicKeySet;
  const verifier = createJwtVerifier({ issuer, audience, jwks });
  for (const holder of holders) {
    // What was signed before: the key is still there.
    await expect(verifier.verify(holder.accessToken)).resolves.toBeDefined();
    await refresh(server, holder);
    await refresh(server, holder);
  }
}

/** No token is good twice: an old one ends its login, and neither is good afterwards. */
async function expectNoneTwice(server: KillableIssuer, holder: Holder): Promise<Holder> {
  const [old] = holder.used.slice(-2);
  for (const token of [old, holder.refreshToken]) {
    const refused = server.ask("refresh", token);
    await expect(refused).rejects.toThrow(new Refused("invalid_grant"));
  }
  return logIn(server, holder.subject);
}

/** How many holders have a token that is used already: its successor was never heard of. */
async function countUsed(url: string, holders: readonly Holder[]): Promise<number> {
  const database = await openDatabase(url, { timeout: 5 });
  const hashes = await Promise.all(holders.map(({ refreshToken }) => sha256(refreshToken)));
  const found = await Promise.all(hashes.map((hash) => database.refreshTokens.find(hash)));
  await database.close();
  return found.filter((each) => each?.isUsed).length;
}

interface Bench {
  createUrl(): Promise<string>;
  /** Throws, or gives what is wrong with the database. */
  findFaults(url: string): Promise<unknown[]>;
}

function survivesKills({ createUrl, findFaults }: Bench): void {
  it(
    `loses no login and doubles none in ${kills} kills`,
    async () => {
      const url = await createUrl();
      // Ready beforehand, so that little time passes without one.
      let spare = startIssuer(notice);
      const next = () => {
        const server = spare;
        spare = startIssuer(notice);
        return server;
      };
      let server = next();
      await server.ask("open", url);
      const subjects = ["ada", "bob", "eve", "zoe"];
      const holders = await Promise.all(subjects.map((subject) => logIn(server, subject)));
      const counts = { kills: 0, whileOpening: 0, refreshes: 0, answersLost: 0 };
      try {
        for (let kill = 0; kill < kills; kill++) {
          const working = keepBusy(server, holders);
          await setTimeout(Math.random() * 60);
          await server.kill();
          await working;
          counts.kills++;
          server = next();
          if (kill % 5 === 4) {
            // While it opens the database, and repairs what the last one left.
            const opening = server.ask("open", url).catch(() => {});
            await setTimeout(Math.random() * 100);
            await server.kill();
            await opening;
            counts.kills++;
            counts.whileOpening++;
            server = next();
          }
          await server.ask("open", url);
          expect(await findFaults(url)).toEqual([]);
          counts.answersLost += await countUsed(url, holders);
          await expectNothingLost(server, holders);
          const at = kill % holders.length;
          const holder = holders[at] as Holder;
          counts.refreshes += holder.used.length;
          holders[at] = await expectNoneTwice(server, holder);
        }
        if (process.env.KILLS) console.log(counts);
      } finally {
        await server.kill();
        await spare.kill();
      }
    },
    60_000 + kills * 10_000,
  );
}

describe("SQLite", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "countersign-kills-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  survivesKills({
    createUrl: async () => `sqlite:${join(folder, "state.db")}`,
    async findFaults(url) {
      const database = new DatabaseSync(url.slice("sqlite:".length), { readOnly: true });
      const integrity = database.prepare("pragma integrity_check").all();
      const references = database.prepare("pragma foreign_key_check").all();
      const families = database.prepare(brokenFamilies).all();
      database.close();
      const faults = integrity.filter((row) => row.integrity_check !== "ok");
      return [...faults, ...references, ...families];
    },
  });
});

/** Families whose current token is not there, or has a newer one beside it. */
const brokenFamilies = `
  select family.id from countersign_families family
  where not exists (select from_token.hash from countersign_refresh_tokens from_token
    where from_token.hash = family.current_token and from_token.family = family.id)`;

describe.skipIf(withoutPostgres)(`Postgres (${howToGetPostgres})`, () => {
  let postgres: PostgresServer;
  beforeAll(async () => {
    postgres = await startPostgres();
  }, 60_000);
  afterAll(() => postgres?.remove());

  survivesKills({
    createUrl: () => postgres.createDatabase(),
    findFaults: (url) => query(url, brokenFamilies),
  });

  it("loses no login and doubles none when Postgres itself is killed", async () => {
    const url = await postgres.createDatabase();
    const server = startIssuer(notice);
    try {
      await server.ask("open", url);
      const holders = await Promise.all(["ada", "bob"].map((subject) => logIn(server, subject)));
      const deaths = [
        // Postgres ends all other connections then, and starts anew by itself.
        { kill: () => killBackend(url), restart: async () => {} },
        { kill: () => postgres.kill(), restart: () => postgres.start() },
      ];
      for (const { kill, restart } of deaths) {
        // Refreshes until it cannot, at whatever point.
        const refreshing = holders.map(async (holder) => {
          for (;;) await refresh(server, holder);
        });
        const ended = Promise.allSettled(refreshing);
        await setTimeout(Math.random() * 50);
        await kill();
        for (const each of await ended) {
          expect(each).toMatchObject({ reason: new Refused("temporarily_unavailable") });
        }
        await restart();
        const isBack = () => server.ask("login", "somebody").then(Boolean, () => false);
        await expect.poll(isBack, { timeout: 20_000 }).toBe(true);
        await expectNothingLost(server, holders);
        expect(await query(url, brokenFamilies)).toEqual([]);
      }
      for (const holder of holders) await expectNoneTwice(server, holder);
    } finally {
      await server.kill();
    }
  }, 60_000);
});

/** Kills one of the processes that serve the issuer. */
async function killBackend(url: string): Promise<void> {
  const [row] = await query(
    url,
    "select pid from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()",
  );
  process.kill(Number(row?.pid), "SIGKILL");
}
