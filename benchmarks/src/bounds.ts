import { type Measurement, ratio } from "./measurement.ts";
import { algorithms } from "./tokens.ts";

/** A promise about the figures: a ratio, and what it may be. */
export interface Bound {
  readonly name: string;
  readonly value: number;
  readonly most?: number;
  readonly least?: number;
  readonly holds: boolean;
}

/** What the figures of a run have to hold, as far as its groups were measured. */
export function toBounds(measured: readonly Measurement[]): Bound[] {
  const find = (group: string, scene: string, contestant: string) =>
    measured.find(
      (each) => each.group === group && each.scene === scene && each.contestant === contestant,
    );
  const bounds: Bound[] = [];
  const bound = (
    group: string,
    scene: string,
    [of, to]: readonly [string, string],
    limit: { most: number } | { least: number },
  ) => {
    const [above, below] = [find(group, scene, of), find(group, scene, to)];
    if (!above || !below) return;
    const value = ratio(above, below);
    const holds = "most" in limit ? value <= limit.most : value >= limit.least;
    bounds.push({ name: `${group}, ${scene}: ${of} / ${to}`, value, ...limit, holds });
  };

  const overRaw = { HS256: 2.5, RS256: 1.25, PS256: 1.25, ES256: 1.1, EdDSA: 1.1 };
  for (const algorithm of algorithms) {
    const unique = `${algorithm}, unique`;
    const most = overRaw[algorithm];
    bound("verification", unique, ["countersign", "raw node:crypto"], { most });
    for (const peer of ["jose", "fast-jwt", "jsonwebtoken", "aws-jwt-verify"]) {
      bound("verification", unique, ["countersign", peer], { most: 1 });
    }
    const cached = ["countersign", "fast-jwt, cache"] as const;
    bound("verification", `${algorithm}, repeated`, cached, { most: 0.5 });
  }

  const refused = measured.filter((each) => each.group === "refusals");
  for (const { scene, contestant } of refused) {
    // A megabyte has a bound of its own.
    if (contestant !== "accepted" && !contestant.includes("1 MB")) {
      // OpenSSL itself takes a fifth longer to say no to an RSA signature than to say yes.
      const most = contestant === "another signature" ? 1.25 : 1;
      bound("refusals", scene, [contestant, "accepted"], { most });
    }
  }
  const rubbish = refused.find(({ contestant }) => contestant.includes("1 MB"));
  if (rubbish) {
    const name = "refusals: milliseconds for a megabyte of rubbish";
    const value = rubbish.value / 1000;
    bounds.push({ name, value, most: 1, holds: value <= 1 });
  }

  const turns = "1000 tokens in turn";
  for (const framework of ["express", "hono", "fastify"]) {
    const pair = [`${framework}: countersign, jwt`, `${framework}: bare`] as const;
    bound("http", turns, pair, { least: 0.85 });
  }
  const peer = "express: express-oauth2-jwt-bearer";
  bound("http", turns, ["express: countersign, jwt", peer], { least: 3 });
  bound("http", "unique tokens", ["express: countersign, jwt", peer], { least: 1.5 });
  const distant = ["express: countersign, API key, store of 1 ms", "express: bare"] as const;
  bound("http", turns, distant, { least: 0.8 });

  const calls = "one call after the other";
  for (const credential of ["basic", "bearer"]) {
    const pair = [`countersign, ${credential}`, `bare fetch, ${credential}`] as const;
    bound("client", calls, pair, { most: 1.1 });
  }

  // A logarithm of the number: a hundred keys may cost what seven steps cost, not a hundred.
  bound("growth", "keys in the set", ["100 keys", "1 key"], { most: 1.25 });
  bound("growth", "schemes of the guard", ["5 schemes", "1 scheme"], { most: 1.25 });
  bound("growth", "size of the token", ["16 kB", "0.5 kB"], { most: 32 });

  const [full, ...later] = measured.filter((each) => each.group === "memory");
  const last = later.at(-1);
  if (full && last) bound("memory", full.scene, [last.contestant, full.contestant], { most: 1.2 });
  return bounds;
}
