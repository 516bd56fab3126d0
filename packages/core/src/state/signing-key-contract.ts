import type { ContractCase } from "./refresh-token-contract.ts";
import { same } from "./same.ts";
import type { SigningKeyRecord, SigningKeyStore } from "./signing-keys.ts";

/**
 * What every {@link SigningKeyStore} promises, for any test runner.
 *
 * @example
 * for (const { name, run } of signingKeyContract) test(name, () => run(createMySigningKeys()));
 */
export const signingKeyContract: readonly ContractCase<SigningKeyStore>[] = [
  {
    name: "begins at version 0 with no keys",
    async run(store) {
      same(await store.read(), { version: 0, keys: [] }, "a fresh store");
    },
  },
  {
    name: "gives keys back as they were given, in their order",
    async run(store) {
      const keys = [
        { kid: "b", signsFrom: 1_900_000_000, sealed: "v1.x".repeat(3000) },
        { kid: "a'; --", signsFrom: 0, sealed: "AZaz09-_." },
        { kid: "B", signsFrom: 1_800_000_000, sealed: "" },
      ];
      same(await store.replace(0, keys), true, "the first change");
      same(await store.read(), { version: 1, keys }, "what was put there");
    },
  },
  {
    name: "puts keys in the place of all others, and counts every change",
    async run(store) {
      const [a, b, c] = [key("a"), key("b"), key("c")];
      const changes = [[a, b], [b, c, a], [c], [], [a]];
      for (const [version, keys] of changes.entries()) {
        same(await store.replace(version, keys), true, `change ${version}`);
        same(await store.read(), { version: version + 1, keys }, `after change ${version}`);
      }
    },
  },
  {
    name: "refuses a change of any version but the present one, and changes nothing",
    async run(store) {
      const keys = [key("a")];
      await store.replace(0, [key("older")]);
      await store.replace(1, keys);
      for (const version of [0, 1, 3, -1]) {
        same(await store.replace(version, [key("b")]), false, `a change of version ${version}`);
      }
      same(await store.read(), { version: 2, keys }, "the keys");
    },
  },
  {
    name: "lets one of many at once make the change",
    async run(store) {
      for (const version of [0, 1, 2]) {
        const all = Array.from({ length: 50 }, (_, at) => [key(`${version}-${at}`)]);
        const done = await Promise.all(all.map((keys) => store.replace(version, keys)));
        same(done.filter(Boolean).length, 1, "how many of fifty made the change");
        const keys = all[done.indexOf(true)];
        same(await store.read(), { version: version + 1, keys }, "the keys are the winner's");
      }
    },
  },
  {
    name: "is never read in the middle of a change",
    async run(store) {
      const keysOf = (version: number) =>
        Array.from({ length: version % 5 }, (_, at) => key(`${version}-${at}`));
      const changing = (async () => {
        for (let version = 0; version < 40; version++) {
          same(await store.replace(version, keysOf(version + 1)), true, `change ${version}`);
        }
      })();
      const reading = Array.from({ length: 8 }, async () => {
        for (let round = 0; round < 20; round++) {
          const { version, keys } = await store.read();
          same(keys, keysOf(version), `the keys of version ${version}`);
        }
      });
      await Promise.all([changing, ...reading]);
    },
  },
];

function key(kid: string): SigningKeyRecord {
  return { kid, signsFrom: 1_800_000_000, sealed: `sealed ${kid}` };
}
