import type { ContractCase } from "./refresh-token-contract.ts";
import type { TokenStore } from "./tokens.ts";

/**
 * What every {@link TokenStore} promises, for any test runner.
 *
 * @example
 * for (const { name, run } of tokenStoreContract) test(name, () => run(createMyTokens()));
 */
export const tokenStoreContract: readonly ContractCase<TokenStore>[] = [
  {
    name: "knows nothing at first, and then the value last written",
    async run(store) {
      const key = random();
      expect(await store.read(key), undefined, "a key that nobody has written");
      await store.write(key, "first");
      expect(await store.read(key), "first", "after the first writing");
      await store.write(key, "second");
      expect(await store.read(key), "second", "after the second writing");
    },
  },
  {
    name: "gives a value back unchanged, whatever it holds",
    async run(store) {
      const values = [
        "",
        " \n\r\t",
        "null",
        '{"a":"\\u0000"}',
        "zoë '; -- %s ✓ 𝄞",
        "x".repeat(50_000),
      ];
      for (const value of values) {
        const key = random();
        await store.write(key, value);
        expect(await store.read(key), value, "the value");
      }
    },
  },
  {
    name: "replaces a long value by a short one",
    async run(store) {
      const key = random();
      await store.write(key, "long".repeat(1000));
      await store.write(key, "short");
      expect(await store.read(key), "short", "the value");
    },
  },
  {
    name: "forgets what is removed, and takes it anew",
    async run(store) {
      const [key, other] = [random(), random()];
      await store.write(key, "gone");
      await store.write(other, "kept");
      await store.remove(key);
      await store.remove(key);
      await store.remove(random());
      expect(await store.read(key), undefined, "a removed key");
      expect(await store.read(other), "kept", "another key");
      await store.write(key, "anew");
      expect(await store.read(key), "anew", "a removed key that is written again");
    },
  },
  {
    name: "keeps keys apart, however alike",
    async run(store) {
      const key = `https://id.example.com/a/../b?c=${random()}#aZ'";%_\\*:é`;
      const alike = [
        key,
        key.toUpperCase(),
        `${key} `,
        `${key}/`,
        key.slice(0, -1),
        key.normalize("NFD"),
        key.padEnd(1000, "x"),
        `../${key}`,
        "",
        ".",
        "..",
        "__proto__",
        "constructor",
      ];
      for (const each of alike) await store.write(each, `of ${each}`);
      for (const each of alike)
        expect(await store.read(each), `of ${each}`, `the value of ${each}`);
      for (const each of alike) {
        await store.remove(each);
        expect(await store.read(each), undefined, `the removed value of ${each}`);
      }
    },
  },
  {
    name: "keeps every key that is written at once",
    async run(store) {
      const keys = Array.from({ length: 50 }, random);
      await Promise.all(keys.map((key) => store.write(key, key)));
      const values = await Promise.all(keys.map((key) => store.read(key)));
      expect(JSON.stringify(values), JSON.stringify(keys), "the values");
    },
  },
  {
    name: "shows one value or the other, whole, while they are written",
    async run(store) {
      const key = random();
      const values = Array.from({ length: 20 }, (_, at) =>
        String(at).padStart(2, "0").repeat(5000),
      );
      await store.write(key, values[0] ?? "");
      const writing = Promise.all(values.map((value) => store.write(key, value)));
      for (let reads = 0; reads < 50; reads++) {
        expect(values.includes((await store.read(key)) ?? ""), true, "whether a value is whole");
      }
      await writing;
      expect(values.includes((await store.read(key)) ?? ""), true, "whether the last one is whole");
    },
  },
];

function random(): string {
  return crypto.randomUUID();
}

function expect(found: unknown, expected: unknown, what: string): void {
  if (found === expected) return;
  throw new Error(
    `${what}: expected ${String(expected).slice(0, 80)}, found ${String(found).slice(0, 80)}`,
  );
}
