import { type Measurement, median } from "./measurement.ts";

/** One way to do the work, made anew for every round, so that nothing is remembered between them. */
export interface Contestant {
  readonly name: string;
  /** What does one piece of the work, by its number; a promise is awaited. */
  prepare(): ((at: number) => unknown) | Promise<(at: number) => unknown>;
}

/** How long a race lasts. */
export interface Distance {
  /** Rounds that count; one more goes before them to warm up. */
  readonly rounds: number;
  /** Pieces of work a round. */
  readonly pieces: number;
}

/** Has every contestant do the same work, in turns, and measures microseconds a piece. */
export async function race(
  group: string,
  scene: string,
  contestants: readonly Contestant[],
  { rounds, pieces }: Distance,
): Promise<Measurement[]> {
  const times = new Map<string, number[]>(contestants.map(({ name }) => [name, []]));
  for (let round = -1; round < rounds; round++) {
    // Nobody always comes after the same one.
    for (const contestant of rotated(contestants, round + 1)) {
      const work = await contestant.prepare();
      const microseconds = await time(work, pieces);
      if (round >= 0) times.get(contestant.name)?.push(microseconds);
    }
  }
  return contestants.map(({ name }) => {
    const taken = times.get(name) ?? [];
    return { group, scene, contestant: name, unit: "µs", value: median(taken), rounds: taken };
  });
}

async function time(work: (at: number) => unknown, pieces: number): Promise<number> {
  const startedAt = process.hrtime.bigint();
  for (let at = 0; at < pieces; at++) {
    const result = work(at);
    if (result instanceof Promise) await result;
  }
  return Number(process.hrtime.bigint() - startedAt) / 1000 / pieces;
}

/** The same list, begun at another place. */
export function rotated<T>(list: readonly T[], by: number): T[] {
  const from = by % list.length;
  return [...list.slice(from), ...list.slice(0, from)];
}
