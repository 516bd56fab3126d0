import { toSeconds } from "../wire/clock.ts";
import type { ContractCase } from "./refresh-token-contract.ts";
import type { ReplayStore } from "./replay.ts";

/**
 * What every {@link ReplayStore} promises, for any test runner.
 *
 * @example
 * for (const { name, run } of replayContract) test(name, () => run(createMyReplays()));
 */
export const replayContract: readonly ContractCase<ReplayStore>[] = [
  {
    name: "lets a key be taken once",
    async run(store) {
      const key = random();
      expect(await store.reserve(key, inAnHour()), true, "the first use");
      expect(await store.reserve(key, inAnHour()), false, "the second use");
      expect(await store.reserve(key, inAnHour() + 60), false, "a use with another time");
    },
  },
  {
    name: "gives a key to one of many at once",
    async run(store) {
      const key = random();
      const uses = Array.from({ length: 100 }, () => store.reserve(key, inAnHour()));
      const winners = (await Promise.all(uses)).filter(Boolean);
      expect(winners.length, 1, "how many of a hundred took the key");
    },
  },
  {
    name: "keeps keys apart, however alike",
    async run(store) {
      const key = `dpop:${random()}aZ'";%_\\*`;
      const alike = [key, key.toUpperCase(), `${key} `, key.slice(0, -1), key.padEnd(256, "x")];
      for (const each of alike) {
        expect(await store.reserve(each, inAnHour()), true, `the first use of ${each}`);
      }
      for (const each of alike) {
        expect(await store.reserve(each, inAnHour()), false, `the second use of ${each}`);
      }
    },
  },
  {
    name: "takes many keys at once",
    async run(store) {
      const keys = Array.from({ length: 100 }, random);
      const uses = await Promise.all(keys.map((key) => store.reserve(key, inAnHour())));
      expect(uses.every(Boolean), true, "whether each was taken");
    },
  },
  {
    name: "tells what is taken without taking it, if it tells at all",
    async run(store) {
      const key = random();
      if (store.isTaken === undefined) return;
      expect(await store.isTaken(key), false, "a key that nobody has taken");
      expect(await store.reserve(key, inAnHour()), true, "its first use, after that question");
      expect(await store.isTaken(key), true, "a key that is taken");
    },
  },
  {
    name: "gives nobody a key whose time has passed",
    async run(store) {
      const passed = toSeconds(Date.now()) - 3600;
      expect(await store.reserve(random(), passed), false, "a use that could not be remembered");
    },
  },
];

function inAnHour(): number {
  return toSeconds(Date.now()) + 3600;
}

function random(): string {
  return crypto.randomUUID();
}

function expect(found: unknown, expected: unknown, what: string): void {
  if (found === expected) return;
  throw new Error(`${what}: expected ${expected}, found ${found}`);
}
