import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createApiKey } from "@countersign/core";
import { type Measurement, median } from "../measurement.ts";
import { rotated } from "../race.ts";
import type { Run } from "../run.ts";
import { audience, createMinter, issuer, type Minter, mintMany } from "../tokens.ts";
import { giveAllCores, giveCore } from "./cores.ts";
import { expressApps } from "./express-apps.ts";
import { fastifyApps } from "./fastify-apps.ts";
import { type Runner, start } from "./fleet.ts";
import { honoApps } from "./hono-apps.ts";
import { type Headers, type Load, loadFor, loadOnce } from "./load.ts";
import { toProofs } from "./proofs.ts";
import type { Settings } from "./settings.ts";

const rotating = 1000;
/** So many unique tokens a round; when a batch comes again, three others have had it forgotten. */
const batchSize = 4000;
const batches = 4;
const takesUnique = [
  "bare",
  "countersign, jwt",
  "countersign, dpop",
  "express-oauth2-jwt-bearer",
].map((name) => `express: ${name}`);

/** Requests a second, and how late the latest hundredth came, of whole applications on loopback. */
export async function http({ isQuick, tell }: Run): Promise<Measurement[]> {
  const minter = createMinter("RS256");
  const keys = await serveKeys(minter);
  const { key, id, hash } = await createApiKey("bench");
  const password = "correct horse battery staple";
  const settings: Omit<Settings, "publicUrl"> = {
    ...{ issuer, audience, password },
    jwksUri: `http://127.0.0.1:${(keys.address() as AddressInfo).port}/jwks`,
    apiKey: { id, hash, subject: "ada" },
  };
  const rounds = isQuick ? 3 : 15;
  // What runs for the first time is compiled, which takes as long as it takes.
  const warmUps = isQuick ? batches : 2 * batches;
  const runners: Runner[] = [];
  try {
    giveCore(process.pid, "load");
    for (const name of Object.keys({ ...expressApps, ...honoApps, ...fastifyApps })) {
      runners.push(await start(name, settings));
    }
    const tokens = mintMany(minter, rotating).map(asBearer);
    const basic = Buffer.from(`ada:${password}`).toString("base64");
    const headersOf: Record<string, readonly Headers[]> = {
      "API key": repeat({ "x-api-key": key }),
      Basic: repeat({ authorization: `Basic ${basic}` }),
    };
    const steady = await inTurns(
      runners.filter(({ name }) => !name.endsWith("dpop")),
      { rounds, warmUps: 1 },
      {
        tell: (round, name) => tell(`http: round ${round} of ${rounds}: ${name}`),
        load: ({ name, url }, round) =>
          loadFor(round > 0 ? 1 : 3, url, headersOf[name.split(", ")[1] ?? ""] ?? tokens),
        scene: `${rotating} tokens in turn`,
      },
    );

    tell("http, unique: minting");
    const unique = Array.from({ length: batches }, () => mintMany(minter, batchSize).map(asBearer));
    const once = await inTurns(
      runners.filter(({ name }) => takesUnique.includes(name)),
      { rounds, warmUps },
      {
        tell: (round, name) => tell(`http, unique: round ${round} of ${rounds}: ${name}`),
        async load({ name, url }, round) {
          // No proof is taken twice.
          return loadOnce(
            url,
            name.endsWith("dpop")
              ? await toProofs(minter, url, batchSize)
              : (unique[(round + warmUps) % batches] ?? []),
          );
        },
        scene: "unique tokens",
      },
    );
    return [...steady, ...once];
  } finally {
    for (const runner of runners) runner.stop();
    giveAllCores(process.pid);
    keys.close();
  }
}

interface Turns {
  readonly scene: string;
  /** Rounds up to 0 are for warming up. */
  tell(round: number, name: string): void;
  load(runner: Runner, round: number): Promise<Load>;
}

async function inTurns(
  runners: readonly Runner[],
  { rounds, warmUps }: { readonly rounds: number; readonly warmUps: number },
  { scene, tell, load }: Turns,
): Promise<Measurement[]> {
  const loads = new Map<string, Load[]>(runners.map(({ name }) => [name, []]));
  for (let round = 1 - warmUps; round <= rounds; round++) {
    // Nobody always comes after the same one.
    for (const runner of rotated(runners, round + warmUps)) {
      tell(round, runner.name);
      const result = await load(runner, round);
      if (round > 0) loads.get(runner.name)?.push(result);
    }
  }
  return [...loads].map(([contestant, taken]) => {
    const perSecond = taken.map((each) => each.perSecond);
    return {
      ...{ group: "http", scene, contestant, unit: "req/s" },
      value: median(perSecond),
      rounds: perSecond,
      p99: median(taken.map((each) => each.p99)),
    };
  });
}

function asBearer(token: string): Headers {
  return { authorization: `Bearer ${token}` };
}

function repeat(headers: Headers): readonly Headers[] {
  return Array.from({ length: 64 }, () => headers);
}

async function serveKeys({ jwks }: Minter): Promise<Server> {
  const server = createServer((_request, response) => {
    response.setHeader("content-type", "application/json").end(JSON.stringify(jwks));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return server;
}
