import type { SigningKeyRecord, SigningKeyStore } from "@countersign/core/state";
import type { Connection } from "../connection/connection.ts";
import { toScript } from "../connection/script.ts";
import type { KeyNames } from "./key-names.ts";

const read = toScript(`return redis.call("HMGET", KEYS[1], "version", "keys")`);
// Without an end: with its signing keys an issuer would lose every token that is out, and it drops
// from this one key what it needs no longer.
const replace = toScript(`
if (redis.call("HGET", KEYS[1], "version") or "0") ~= ARGV[1] then return 0 end
redis.call("HSET", KEYS[1], "version", ARGV[1] + 1, "keys", ARGV[2])
return 1
`);

export function createSigningKeys({ run }: Connection, names: KeyNames): SigningKeyStore {
  const key = names.of("signing-keys");
  return Object.freeze<SigningKeyStore>({
    async read() {
      const [version, keys] = (await run(read, [key])) as readonly (string | null)[];
      return {
        version: Number(version ?? 0),
        keys: JSON.parse(keys ?? "[]") as readonly SigningKeyRecord[],
      };
    },
    async replace(version, keys) {
      return (await run(replace, [key], [version, JSON.stringify(keys)])) === 1;
    },
  });
}
