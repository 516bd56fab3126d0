import { hash } from "node:crypto";
import { openDatabase } from "@countersign/sql";

/** What one process found, asking a database again and again. Times are in microseconds. */
export interface Lookups {
  readonly apiKey: Times;
  readonly refreshToken: Times;
  readonly revocation: Times;
  readonly rotation: Times;
  /** Resident memory in MiB, before the first question and after the last. */
  readonly memory: readonly [number, number];
}

interface Times {
  readonly median: number;
  readonly p99: number;
}

export const now = Math.floor(Date.now() / 1000);
export const toHash = (text: string) => hash("sha256", text, "base64url");
const questions = 20_000;
const rotations = 2000;

/** Asks for rows all over the tables, which have so many each. */
async function look(url: string, rows: number): Promise<Lookups> {
  const database = await openDatabase(url, { sweepInterval: 0 });
  const { apiKeys, refreshTokens, revocations } = database;
  // Whatever is compiled or allocated by the first questions is no matter of rows.
  await time(questions, rows, async () => void (await apiKeys.find({ hash: "nobody's" })));
  const before = memory();
  const apiKey = await time(questions, rows, async (at) => {
    const found = await apiKeys.find({ id: `key${at}`, hash: "" });
    if (found?.subject !== `user${at}`) throw new Error(`The key ${at} is not there.`);
  });
  const refreshToken = await time(questions, rows, async (at) => {
    const found = await refreshTokens.find(toHash(`token ${at}`));
    if (found?.grant.subject !== `user${at}`) throw new Error(`The token ${at} is not there.`);
  });
  const revocation = await time(questions, rows, async (at) => {
    if (await revocations.isRevoked([`sid:${at}`, `jti:${at}`])) throw new Error("Nobody did.");
  });
  const rotation = await time(rotations, rows, async (at) => {
    const presented = toHash(`token ${at}`);
    const record = await refreshTokens.find(presented);
    if (!record || record.isUsed) return;
    const successor = { ...record, hash: toHash(`successor ${at}`) };
    const change = { presented, successor, sealedAnswer: "x".repeat(1500), replayUntil: now, now };
    const { kind } = await refreshTokens.rotate(change);
    if (kind !== "rotated") throw new Error(`The token ${at} is ${kind}.`);
  });
  const after = memory();
  await database.close();
  return { apiKey, refreshToken, revocation, rotation, memory: [before, after] };
}

async function time(times: number, rows: number, ask: (at: number) => Promise<void>) {
  const taken: number[] = [];
  for (let count = 0; count < times; count++) {
    const at = Math.floor(Math.random() * rows);
    const start = performance.now();
    await ask(at);
    taken.push((performance.now() - start) * 1000);
  }
  taken.sort((a, b) => a - b);
  const quantile = (part: number) => Math.round(taken[Math.floor(taken.length * part)] ?? 0);
  return { median: quantile(0.5), p99: quantile(0.99) };
}

function memory(): number {
  globalThis.gc?.();
  return Math.round(process.memoryUsage().rss / 2 ** 20);
}

const [, , url, rows] = process.argv;
if (process.send && url) process.send(await look(url, Number(rows)));
