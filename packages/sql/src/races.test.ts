import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { RefreshTokenRecord, Rotation, RotationOutcome } from "@countersign/core/state";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Database } from "./database.ts";
import { describeDatabases } from "./databases.fixture.ts";
import { openDatabase } from "./open-database.ts";
import type { Outcome, Task } from "./racer.fixture.ts";

const racers = 8;
const rounds = 10;
const now = Math.floor(Date.now() / 1000);

describeDatabases(({ createUrl }) => {
  describe("eight processes at the same moment", () => {
    let database: Database;
    let processes: readonly ChildProcess[];
    beforeAll(async () => {
      const url = await createUrl();
      const program = new URL("racer.fixture.ts", import.meta.url);
      const execArgv = ["--conditions=@countersign/source"];
      processes = Array.from({ length: racers }, () => fork(program, [url], { execArgv }));
      for (const outcome of await Promise.all(processes.map(nextOutcome))) {
        expect(outcome).toEqual({ result: "ready" });
      }
      database = await openDatabase(url, { timeout: 20 });
    }, 60_000);
    afterAll(async () => {
      await database?.close();
      for (const each of processes ?? []) each.kill("SIGKILL");
    });

    /** Lets all of them make one call each, and gives what came of it. */
    async function race(
      store: Task["store"],
      method: string,
      parametersOf: (racer: number) => readonly unknown[],
    ): Promise<readonly Outcome[]> {
      const startsAt = Date.now() + 20;
      const outcomes = processes.map((each, racer) => {
        each.send({ store, method, parameters: parametersOf(racer), startsAt } satisfies Task);
        return nextOutcome(each);
      });
      return Promise.all(outcomes);
    }

    it("rotate a refresh token once, and are given one answer", async () => {
      for (let round = 0; round < rounds; round++) {
        const token = newToken();
        await database.refreshTokens.start(token);
        const rotations = processes.map(() => rotationOf(token));
        const outcomes = await race("refreshTokens", "rotate", (racer) => [rotations[racer]]);
        const results = outcomes.map(({ result }) => result as RotationOutcome);
        const winner = rotations[results.findIndex(({ kind }) => kind === "rotated")];
        const replay = { kind: "replayed", sealedAnswer: winner?.sealedAnswer };
        expect(results.filter(({ kind }) => kind === "rotated")).toHaveLength(1);
        expect(results.filter(({ kind }) => kind !== "rotated")).toEqual(Array(7).fill(replay));
        for (const rotation of rotations) {
          const found = await database.refreshTokens.find(rotation.successor.hash);
          expect(found?.isUsed).toBe(rotation === winner ? false : undefined);
        }
      }
    });

    it("end a stolen family once, and leave nothing of it", async () => {
      for (let round = 0; round < rounds; round++) {
        const token = newToken();
        await database.refreshTokens.start(token);
        const first = { ...rotationOf(token), replayUntil: now };
        await database.refreshTokens.rotate(first);
        const outcomes = await race("refreshTokens", "rotate", () => [rotationOf(token)]);
        const kinds = outcomes.map(({ result }) => (result as RotationOutcome).kind).sort();
        expect(kinds).toEqual([...Array(7).fill("gone"), "reused"]);
        expect(await database.refreshTokens.find(first.successor.hash)).toBeUndefined();
      }
    });

    it("leave nothing alive when some revoke what others rotate", async () => {
      for (let round = 0; round < rounds; round++) {
        const token = newToken();
        await database.refreshTokens.start(token);
        const rotations = processes.map(() => rotationOf(token));
        const startsAt = Date.now() + 20;
        const outcomes = await Promise.all(
          processes.map((each, racer) => {
            const isRevoker = racer % 2 === 0;
            const method = isRevoker ? "revokeFamily" : "rotate";
            const parameters = [isRevoker ? token.family : rotations[racer]];
            each.send({ store: "refreshTokens", method, parameters, startsAt } satisfies Task);
            return nextOutcome(each);
          }),
        );
        expect(outcomes.filter(({ error }) => error !== undefined)).toEqual([]);
        for (const { hash } of [token, ...rotations.map(({ successor }) => successor)]) {
          expect(await database.refreshTokens.find(hash)).toBeUndefined();
        }
      }
    });

    it("accept a proof once", async () => {
      for (let round = 0; round < rounds; round++) {
        const key = `dpop:${crypto.randomUUID()}`;
        const outcomes = await race("replays", "reserve", () => [key, now + 600]);
        expect(outcomes.filter(({ result }) => result === true)).toHaveLength(1);
        expect(outcomes.filter(({ result }) => result === false)).toHaveLength(7);
      }
    });

    it("replace the signing keys once", async () => {
      for (let version = 0; version < rounds; version++) {
        const keysOf = (racer: number) => [
          { kid: `${version} ${racer}`, signsFrom: 0, sealed: "" },
        ];
        const outcomes = await race("signingKeys", "replace", (racer) => [version, keysOf(racer)]);
        expect(outcomes.filter(({ result }) => result === true)).toHaveLength(1);
        const winner = outcomes.findIndex(({ result }) => result === true);
        const state = { version: version + 1, keys: keysOf(winner) };
        expect(await race("signingKeys", "read", () => [])).toEqual(
          Array(racers).fill({ result: state }),
        );
      }
    });

    it("replace an API key once", async () => {
      for (let round = 0; round < rounds; round++) {
        const [id, subject] = [crypto.randomUUID(), `subject ${round}`];
        await database.apiKeys.add({ id, hash: `hash of ${id}`, subject });
        const outcomes = await race("apiKeys", "replace", (racer) => {
          const successor = { id: `${id} ${racer}`, hash: `${id} ${racer}`, subject };
          return [id, successor, now + 600];
        });
        expect(outcomes.filter(({ result }) => result === true)).toHaveLength(1);
        expect(outcomes.filter(({ result }) => result === false)).toHaveLength(7);
        expect(await database.apiKeys.list(subject)).toHaveLength(2);
      }
    });

    it("see at once what one of them revokes", async () => {
      for (let round = 0; round < rounds; round++) {
        const key = `sid:${crypto.randomUUID()}`;
        const before = await race("revocations", "isRevoked", () => [[key]]);
        expect(before).toEqual(Array(racers).fill({ result: false }));
        const [revoker] = processes;
        revoker?.send({
          store: "revocations",
          method: "revoke",
          parameters: [key, now + 600],
          startsAt: 0,
        });
        await nextOutcome(revoker as ChildProcess);
        const after = await race("revocations", "isRevoked", () => [["other", key]]);
        expect(after).toEqual(Array(racers).fill({ result: true }));
      }
    });

    it("are let through as often as there are points", async () => {
      for (let round = 0; round < rounds; round++) {
        const outcomes = await race("logins", "consume", () => [`subject ${round}`]);
        expect(outcomes.filter(({ error }) => error !== undefined)).toEqual([]);
        expect(outcomes.filter(({ refusal }) => refusal !== undefined)).toHaveLength(5);
      }
    });
  });
});

async function nextOutcome(process: ChildProcess): Promise<Outcome> {
  const [outcome] = await once(process, "message");
  return outcome;
}

function newToken(): RefreshTokenRecord {
  const grant = { subject: "ada", audience: ["api"], scopes: [] };
  const [hash, family] = [crypto.randomUUID(), crypto.randomUUID()];
  return { hash, family, grant, expiresAt: now + 3600, loginEndsAt: now + 3600 };
}

function rotationOf(token: RefreshTokenRecord): Rotation {
  const successor = { ...token, hash: crypto.randomUUID() };
  const sealedAnswer = crypto.randomUUID();
  return { presented: token.hash, successor, sealedAnswer, replayUntil: now + 600, now };
}
