import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { type RefreshHooks, serveIssuer } from "./issuer.fixture.ts";
import { startRefreshers } from "./refreshers.fixture.ts";

/** How many refreshes there are: `pnpm test:refresh` makes a thousand. */
const rounds = Number(process.env.REFRESH_ROUNDS ?? 60);
const processes = 10;
/** With kills every so many rounds. */
const every = process.env.REFRESH_ROUNDS ? 3 : 12;
const timeout = 60_000 + rounds * 1000;

async function setUp(replayWindow: number) {
  const issuer = await serveIssuer(replayWindow);
  onTestFinished(() => issuer.close());
  const directory = await mkdtemp(join(tmpdir(), "countersign-refresh-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const refreshers = startRefreshers(processes, [issuer.url, directory, issuer.refreshToken]);
  onTestFinished(() => refreshers.stop());
  return { issuer, refreshers };
}

/** That everybody has the same token, and none of them an error. */
function expectOneToken(answers: readonly { token?: string; error?: string }[]): string {
  expect(answers.filter(({ error }) => error !== undefined)).toEqual([]);
  const tokens = new Set(answers.map(({ token }) => token));
  expect(tokens.size).toBe(1);
  return [...tokens][0] ?? "";
}

describe(`${processes} processes that share a file and a rotating refresh token`, () => {
  test(`refresh ${rounds} times, once and one at a time`, { timeout }, async () => {
    const { issuer, refreshers } = await setUp(10);
    const tokens = new Set<string>();
    for (let round = 1; round <= rounds; round++)
      tokens.add(expectOneToken(await refreshers.play()));
    expect(tokens.size).toBe(rounds);
    expect(issuer.seen).toEqual({ refreshes: rounds, refusals: 0, atOnce: 1 });
    expect(issuer.events).toEqual([]);
  });

  test(`lose nothing when one is killed in mid-refresh, every ${every} rounds`, {
    timeout,
  }, async () => {
    const { issuer, refreshers } = await setUp(10);
    const tokens = new Set<string>();
    const moments = ["before", "rotated", "answered", "saving"] as const;
    const kills = { before: 0, rotated: 0, answered: 0, saving: 0 };
    const kill = (moment: keyof typeof kills) => async (pid: number) => {
      issuer.hook({});
      kills[moment]++;
      await refreshers.kill(pid);
      issuer.forget(pid);
    };
    const hooks: Record<keyof typeof kills, RefreshHooks> = {
      before: { arrived: kill("before") },
      rotated: { rotated: kill("rotated") },
      answered: { answered: (pid) => void kill("answered")(pid) },
      saving: {
        // Within the few milliseconds in which a record is written, or shortly after.
        answered: (pid) => void setTimeout(kill("saving"), Math.random() * 8, pid),
      },
    };
    for (let round = 1; round <= rounds; round++) {
      const moment = moments[(round / every) % moments.length];
      if (round % every === 0 && moment) issuer.hook(hooks[moment]);
      tokens.add(expectOneToken(await refreshers.play()));
    }
    expect(tokens.size).toBe(rounds);
    expect(issuer.seen).toMatchObject({ refusals: 0, atOnce: 1 });
    expect(issuer.events).toEqual([]);
    const killed = Object.values(kills).reduce((sum, each) => sum + each);
    expect(killed).toBe(Math.floor(rounds / every));
  });

  test("log out when one is killed after the rotation, and the issuer gives no second answer", async () => {
    const { issuer, refreshers } = await setUp(0);
    expectOneToken(await refreshers.play());
    issuer.hook({
      async rotated(pid) {
        issuer.hook({});
        await refreshers.kill(pid);
      },
    });
    const answers = await refreshers.play();
    expect(answers).toHaveLength(processes);
    for (const { error } of answers) expect(error).toContain("reauthentication_required");
    expect(issuer.events).toEqual(["refresh_token_reused"]);
  });
});
