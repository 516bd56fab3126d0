import type { RevocationStore } from "@countersign/core/state";
import type { Clock } from "@countersign/core/wire";
import type { Connection } from "../connection/connection.ts";
import { toScript } from "../connection/script.ts";
import type { KeyNames } from "./key-names.ts";
import { toLifetime } from "./lifetime.ts";

// PTTL of a key that is not there is negative.
const revoke = toScript(`
if redis.call("PTTL", KEYS[1]) < tonumber(ARGV[1]) then
  redis.call("SET", KEYS[1], "", "PX", ARGV[1])
end
`);
const exists = toScript(`return redis.call("EXISTS", KEYS[1])`);

export function createRevocations(
  { run }: Connection,
  names: KeyNames,
  clock: Clock,
): RevocationStore {
  const keyOf = (key: string) => names.of("revocation", key);
  return Object.freeze<RevocationStore>({
    async revoke(key, expiresAt) {
      if (Number.isNaN(expiresAt)) throw new Error("A revocation needs a time at which it ends.");
      await run(revoke, [keyOf(key)], [toLifetime(expiresAt, clock)]);
    },
    // Each in its own slot. It comes to one step all the same: a key is only ever added until its
    // tokens have expired, so what is not there when it is looked for was not there before either.
    async isRevoked(keys) {
      const answers = await Promise.all(keys.map((key) => run(exists, [keyOf(key)])));
      return answers.some((answer) => answer !== 0);
    },
  });
}
