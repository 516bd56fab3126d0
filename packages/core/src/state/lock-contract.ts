import type { ContractCase } from "./refresh-token-contract.ts";
import type { Lock } from "./tokens.ts";

/**
 * What every {@link Lock} promises, for any test runner. Each case takes two locks that share what
 * they hold, such as two connections to one server; or one lock twice, if it is for one process.
 * That a dead holder is found out, the implementation's own tests have to show.
 *
 * @example
 * for (const { name, run } of lockContract) test(name, () => run([createMyLock(), createMyLock()]));
 */
export const lockContract: readonly ContractCase<readonly [Lock, Lock]>[] = [
  {
    name: "gives what the task gives",
    async run([lock]) {
      expect(await lock.hold(random(), async () => "done"), "done", "the result");
      expect(await lock.hold(random(), async () => undefined), undefined, "no result");
    },
  },
  {
    name: "gives the task's own failure, and is free afterwards",
    async run([lock, other]) {
      const key = random();
      const failure = new Error("the task's own");
      const thrown = await lock.hold(key, () => Promise.reject(failure)).catch((error) => error);
      expect(thrown, failure, "a rejection");
      const fails = () => {
        throw failure;
      };
      expect(await lock.hold(key, fails).catch((error) => error), failure, "what is thrown");
      expect(await other.hold(key, async () => "free"), "free", "the next one's result");
    },
  },
  {
    name: "runs one task at a time under a key, and every one",
    async run([lock, other]) {
      const key = random();
      let running = 0;
      let most = 0;
      const task = async () => {
        most = Math.max(most, ++running);
        for (let turns = 0; turns < 5; turns++) await nextTurn();
        running--;
      };
      const holds = Array.from({ length: 40 }, (_, at) => (at % 2 ? lock : other).hold(key, task));
      expect((await Promise.all(holds)).length, 40, "how many have run");
      expect(most, 1, "how many ran at once");
    },
  },
  {
    name: "makes others wait until the task has ended, however long it takes to begin",
    async run([lock, other]) {
      const key = random();
      const steps: string[] = [];
      const begun = Promise.withResolvers<void>();
      const mayEnd = Promise.withResolvers<void>();
      const first = lock.hold(key, async () => {
        begun.resolve();
        await mayEnd.promise;
        steps.push("first");
      });
      await begun.promise;
      const second = other.hold(key, async () => void steps.push("second"));
      second.catch(() => {}); // told of below
      for (let turns = 0; turns < 20; turns++) await nextTurn();
      expect(steps.join(), "", "what has ended while the first one goes on");
      mayEnd.resolve();
      await Promise.all([first, second]);
      expect(steps.join(), "first,second", "in what order they ended");
    },
  },
  {
    name: "lets tasks under different keys run at once, however alike the keys",
    async run([lock, other]) {
      const key = `https://id.example.com/a/../b?c=${random()}#aZ'";%_\\*:é`;
      const alike = [key, key.toUpperCase(), `${key} `, `${key}/`, key.padEnd(1000, "x"), "", ".."];
      // Each runs inside the one before: were two keys one, this would never end.
      const nest = (at: number): Promise<number> => {
        const each = alike[at];
        if (each === undefined) return Promise.resolve(at);
        return (at % 2 ? lock : other).hold(each, () => nest(at + 1));
      };
      expect(await nest(0), alike.length, "how deep it went");
    },
  },
];

/** Lets whatever is due happen, timers and answers from elsewhere included. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1));
}

function random(): string {
  return crypto.randomUUID();
}

function expect(found: unknown, expected: unknown, what: string): void {
  if (found === expected) return;
  throw new Error(`${what}: expected ${expected}, found ${found}`);
}
