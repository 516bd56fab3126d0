import {
  apiKey,
  basic,
  createGuard,
  createMemoryApiKeys,
  createMemoryReplays,
  digest,
  jwt,
  oauth1,
} from "@countersign/core";
import type { Measurement } from "../measurement.ts";
import { type Contestant, race } from "../race.ts";
import type { Run } from "../run.ts";
import { audience, createMinter, issuer, type Minter, mintMany } from "../tokens.ts";
import { bearing } from "./bearing.ts";
import { countersign } from "./libraries.ts";

/** How the cost of one check grows with keys, schemes and the size of the token. Nothing is cached. */
export async function growth({ isQuick, tell }: Run): Promise<Measurement[]> {
  const pieces = isQuick ? 300 : 1000;
  const distance = { rounds: isQuick ? 7 : 15, pieces };
  const minter = createMinter("RS256");
  const tokens = mintMany(minter, pieces);

  tell("growth: keys in the set");
  const others = Array.from({ length: 99 }, () => createMinter("ES256").jwks.keys[0] ?? {});
  const sets = { "1 key": [], "10 keys": others.slice(0, 9), "100 keys": others };
  const byKeys = Object.entries(sets).map(([name, more]) =>
    verifying(name, { ...minter, jwks: { keys: [...more, ...minter.jwks.keys] } }, tokens),
  );
  const keys = await race("growth", "keys in the set", byKeys, distance);

  tell("growth: schemes of the guard");
  const bySchemes = [1, 2, 5].map((count) => guarding(count, minter, tokens));
  const schemes = await race("growth", "schemes of the guard", bySchemes, distance);

  tell("growth: size of the token");
  const bySize = [0.5, 1, 2, 4, 8, 16].map((kilobytes) =>
    verifying(`${kilobytes} kB`, minter, [mintOfSize(minter, kilobytes * 1000)]),
  );
  const sizes = await race("growth", "size of the token", bySize, distance);
  return [...keys, ...schemes, ...sizes];
}

function verifying(name: string, minter: Minter, tokens: readonly string[]): Contestant {
  return {
    name,
    async prepare() {
      const verify = await countersign("", undefined, { cache: false }).toVerify(minter);
      await verify?.(minter.mint());
      return (at) => verify?.(tokens[at % tokens.length] ?? "");
    },
  };
}

/** A guard of which the JWT is the last scheme to be looked at. */
function guarding(count: number, { jwks }: Minter, tokens: readonly string[]): Contestant {
  const passwords = { verify: () => false };
  const users = { find: () => undefined };
  const schemes = [
    apiKey({ keys: createMemoryApiKeys([]) }),
    basic({ users, passwords }),
    digest({
      users: { find: () => undefined },
      nonceSecret: "n".repeat(32),
      replays: createMemoryReplays(),
    }),
    oauth1({ consumers: { find: () => undefined }, replays: createMemoryReplays() }),
  ];
  const token = jwt({ issuer, audience, jwks, algorithms: ["RS256"], cache: false } as never);
  return {
    name: `${count} scheme${count === 1 ? "" : "s"}`,
    prepare() {
      const guard = createGuard({
        publicUrl: "http://127.0.0.1",
        realm: "bench",
        schemes: [...schemes.slice(0, count - 1), token],
      });
      return async (at) => {
        const verdict = await guard.check(bearing(`Bearer ${tokens[at % tokens.length]}`));
        if (verdict.kind !== "accepted") throw new Error(`The token was ${verdict.kind}.`);
      };
    },
  };
}

/** A token of about so many bytes, its payload filled with many small claims. */
function mintOfSize(minter: Minter, bytes: number): string {
  const groups: string[] = [];
  let token = minter.mint({ groups });
  while (token.length < bytes - 30) {
    const missing = Math.ceil((bytes - token.length) / 30);
    for (let at = 0; at < missing; at++) groups.push(`group-${groups.length}`.padEnd(19, "x"));
    token = minter.mint({ groups });
  }
  return token.length > 16_384 ? minter.mint({ groups: groups.slice(0, -4) }) : token;
}
