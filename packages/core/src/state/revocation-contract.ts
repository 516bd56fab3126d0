import { toSeconds } from "../wire/clock.ts";
import type { ContractCase } from "./refresh-token-contract.ts";
import type { RevocationStore } from "./revocations.ts";

/**
 * What every {@link RevocationStore} promises, for any test runner.
 *
 * @example
 * for (const { name, run } of revocationContract) test(name, () => run(createMyRevocations()));
 */
export const revocationContract: readonly ContractCase<RevocationStore>[] = [
  {
    name: "knows what has been revoked, from then on, and nothing else",
    async run(store) {
      const [key, other] = [random(), random()];
      expect(await store.isRevoked([key]), false, "a key before it is revoked");
      await store.revoke(key, inAnHour());
      expect(await store.isRevoked([key]), true, "a revoked key");
      expect(await store.isRevoked([other]), false, "another key");
    },
  },
  {
    name: "finds one revoked key among several, wherever it stands",
    async run(store) {
      const key = random();
      await store.revoke(key, inAnHour());
      expect(await store.isRevoked([key, random()]), true, "a revoked key, and another");
      expect(await store.isRevoked([random(), key]), true, "another, and a revoked key");
      expect(await store.isRevoked([random(), random()]), false, "two others");
      expect(await store.isRevoked([]), false, "no key at all");
    },
  },
  {
    name: "takes a key again, and keeps it until the later of the times",
    async run(store) {
      const key = random();
      await store.revoke(key, inAnHour());
      await store.revoke(key, inAnHour());
      // A later, shorter revocation must not bring the token back.
      await store.revoke(key, toSeconds(Date.now()) - 60);
      expect(await store.isRevoked([key]), true, "a key revoked again, for a shorter time");
    },
  },
  {
    name: "keeps keys apart, however alike",
    async run(store) {
      const key = `jti:["https://id.example","${random()}aZ'%_\\\\*"]`;
      const alike = [key.toUpperCase(), `${key} `, key.slice(0, -1), key.padEnd(320, "x")];
      await store.revoke(key, inAnHour());
      expect(await store.isRevoked(alike), false, "keys that are alike");
      for (const each of alike) await store.revoke(each, inAnHour());
      for (const each of alike) expect(await store.isRevoked([each]), true, each);
    },
  },
  {
    name: "takes many keys at once",
    async run(store) {
      const keys = Array.from({ length: 100 }, random);
      await Promise.all(keys.map((key) => store.revoke(key, inAnHour())));
      const answers = await Promise.all(keys.map((key) => store.isRevoked([key])));
      expect(answers.every(Boolean), true, "whether each is revoked");
    },
  },
  {
    name: "takes a key whose time has passed, without complaint",
    async run(store) {
      await store.revoke(random(), toSeconds(Date.now()) - 3600);
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
