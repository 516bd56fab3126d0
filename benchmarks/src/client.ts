import { Worker } from "node:worker_threads";
import {
  type BearerToken,
  basic,
  bearer,
  createAuthFetch,
  type TokenSource,
  toSecret,
} from "@countersign/client";
import type { Measurement } from "./measurement.ts";
import { type Contestant, race } from "./race.ts";
import type { Run } from "./run.ts";

/** What our fetch costs beside the bare one, to a server on loopback. */
export async function client({ isQuick, tell }: Run): Promise<Measurement[]> {
  tell("client: beside bare fetch");
  const { url, stop } = await serve();
  const origins = [new URL(url).origin];
  const held: BearerToken = {
    type: "bearer",
    value: toSecret("a".repeat(800)),
    expiresAt: undefined,
  };
  const source: TokenSource<BearerToken> = { token: () => held, invalidate() {} };
  const calls: Readonly<Record<string, typeof fetch>> = {
    "bare fetch": (input, init) =>
      fetch(input, { ...init, headers: { authorization: "Basic eDp5" } }),
    "countersign, basic": createAuthFetch({
      origins,
      credential: basic({ username: "x", password: "y" }),
    }) as typeof fetch,
    "countersign, bearer of a source": createAuthFetch({
      origins,
      credential: bearer(source),
    }) as typeof fetch,
  };
  const contestants = Object.entries(calls).map(
    ([name, call]): Contestant => ({
      name,
      prepare: () => async () => {
        const answer = await call(url);
        await answer.text();
        if (!answer.ok) throw new Error(`The answer was ${answer.status}.`);
      },
    }),
  );
  try {
    const distance = { rounds: isQuick ? 15 : 31, pieces: isQuick ? 300 : 1000 };
    return await race("client", "one call after the other", contestants, distance);
  } finally {
    await stop();
  }
}

/** The server has a thread of its own, so that it takes no time of the caller's. */
async function serve(): Promise<{ url: string; stop(): Promise<unknown> }> {
  const worker = new Worker(new URL("client-server.ts", import.meta.url));
  const port = await new Promise<number>((resolve) => worker.once("message", resolve));
  return { url: `http://127.0.0.1:${port}/orders`, stop: () => worker.terminate() };
}
