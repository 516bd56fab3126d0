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

const token = "a".repeat(800);

/** What our fetch costs beside the bare one, to a server on loopback. */
export async function client({ isQuick, tell }: Run): Promise<Measurement[]> {
  tell("client: beside bare fetch");
  const { url, stop } = await serve();
  const origins = [new URL(url).origin];
  const held: BearerToken = {
    type: "bearer",
    value: toSecret(token),
    expiresAt: undefined,
  };
  const source: TokenSource<BearerToken> = { token: () => held, invalidate() {} };
  const calls: Readonly<Record<string, typeof fetch>> = {
    "bare fetch, basic": sending("Basic eDp5"),
    "bare fetch, bearer": sending(`Bearer ${token}`),
    "countersign, basic": createAuthFetch({
      origins,
      credential: basic({ username: "x", password: "y" }),
    }) as typeof fetch,
    "countersign, bearer": createAuthFetch({
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
    // Short rounds: whatever slows the machine for a while slows both sides of most of them.
    const distance = { rounds: isQuick ? 121 : 601, pieces: 50 };
    return await race("client", "one call after the other", contestants, distance);
  } finally {
    await stop();
  }
}

function sending(authorization: string): typeof fetch {
  return (input, init) => fetch(input, { ...init, headers: { authorization } });
}

/** The server has a thread of its own, so that it takes no time of the caller's. */
async function serve(): Promise<{ url: string; stop(): Promise<unknown> }> {
  const worker = new Worker(new URL("client-server.ts", import.meta.url));
  const port = await new Promise<number>((resolve) => worker.once("message", resolve));
  return { url: `http://127.0.0.1:${port}/orders`, stop: () => worker.terminate() };
}
