import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PublicKeySet, TokenAnswer } from "@countersign/issuer";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  howToGetPostgres,
  type PostgresServer,
  startPostgres,
  withoutPostgres,
} from "../../../packages/sql/src/postgres.fixture.ts";
import type { Question } from "./issuer-process.fixture.ts";
import { type KillableIssuer, startIssuer } from "./start-issuer.fixture.ts";

const rounds = 10;

function agree(createUrl: () => Promise<string>): void {
  let issuers: readonly KillableIssuer[] = [];
  afterEach(async () => {
    for (const issuer of issuers) await issuer.kill();
  });
  const askAll = (task: Question["task"], text?: string) =>
    Promise.all(issuers.map((issuer) => issuer.ask(task, text)));

  it("give one answer to one refresh token, and make their keys once", async () => {
    const url = await createUrl();
    issuers = Array.from({ length: 8 }, () => startIssuer(360));
    await askAll("open", url);
    // Each would make the first key, and then the next, if it were alone.
    await expectKeys(1);
    await askAll("rotateKeys");
    await askAll("rotateKeys");
    await expectKeys(2);
    const [issuer] = issuers;
    let { refresh_token } = (await (issuer as KillableIssuer).ask("login", "ada")) as TokenAnswer;
    for (let round = 0; round < rounds; round++) {
      const answers = (await askAll("refresh", refresh_token)) as readonly TokenAnswer[];
      const [answer] = answers;
      expect(answers).toEqual(Array(8).fill(answer));
      refresh_token = answer?.refresh_token;
    }
  }, 60_000);

  async function expectKeys(count: number) {
    const sets = (await askAll("jwks")) as readonly PublicKeySet[];
    expect(sets[0]?.keys).toHaveLength(count);
    expect(sets).toEqual(Array(8).fill(sets[0]));
  }
}

describe("eight issuers on one file of SQLite", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "countersign-eight-"));
  });
  afterAll(() => rm(folder, { recursive: true }));
  agree(async () => `sqlite:${join(folder, "state.db")}`);
});

describe.skipIf(withoutPostgres)(`eight issuers on one Postgres (${howToGetPostgres})`, () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);
  afterAll(() => server?.remove());
  agree(() => server.createDatabase());
});
