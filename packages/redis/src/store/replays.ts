import type { ReplayStore } from "@countersign/core/state";
import type { Clock } from "@countersign/core/wire";
import type { Connection } from "../connection/connection.ts";
import { toScript } from "../connection/script.ts";
import type { KeyNames } from "./key-names.ts";
import { toLifetime } from "./lifetime.ts";

const reserve = toScript(`return redis.call("SET", KEYS[1], "", "NX", "PX", ARGV[1])`);
const exists = toScript(`return redis.call("EXISTS", KEYS[1])`);

export function createReplays(
  { run }: Connection,
  names: KeyNames,
  clock: Clock,
): Required<ReplayStore> {
  const keyOf = (key: string) => names.of("replay", key);
  return Object.freeze<Required<ReplayStore>>({
    async reserve(key, expiresAt) {
      if (!(expiresAt * 1000 > clock.now())) return false;
      return (await run(reserve, [keyOf(key)], [toLifetime(expiresAt, clock)])) !== null;
    },
    isTaken: async (key) => (await run(exists, [keyOf(key)])) === 1,
  });
}
