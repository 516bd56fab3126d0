import type { TokenStore } from "@countersign/core/state";
import { type Clock, ConfigurationError } from "@countersign/core/wire";
import type { Connection } from "../connection/connection.ts";
import { toScript } from "../connection/script.ts";
import type { KeyNames } from "./key-names.ts";
import { toLifetime } from "./lifetime.ts";
import { createSealer, type EncryptionKey } from "./seal.ts";

/**
 * How a client's tokens are kept.
 *
 * @example
 * const options: TokensOptions = { encryptionKey: process.env.KEY_ENCRYPTION_KEY ?? "" };
 */
export interface TokensOptions {
  /** What they are encrypted under. With another one they can no longer be read. */
  readonly encryptionKey: EncryptionKey;
  /** Seconds for which a value is kept after it was last read or written; 180 days by default. */
  readonly keepFor?: number;
}

const write = toScript(`redis.call("SET", KEYS[1], ARGV[1], "PX", ARGV[2])`);
const read = toScript(`return redis.call("GETEX", KEYS[1], "PX", ARGV[1])`);
const remove = toScript(`redis.call("DEL", KEYS[1])`);

/** @throws ConfigurationError when the options cannot be right */
export function createTokens(
  { run }: Connection,
  names: KeyNames,
  clock: Clock,
  { encryptionKey, keepFor = 180 * 86_400 }: TokensOptions,
): TokenStore {
  if (!(keepFor > 0)) {
    throw new ConfigurationError("keepFor must be a positive number of seconds.");
  }
  const sealer = createSealer(encryptionKey);
  const keyOf = (key: string) => names.of("tokens", key);
  const lifetime = () => toLifetime(clock.now() / 1000 + keepFor, clock);
  return Object.freeze<TokenStore>({
    async read(key) {
      const sealed = (await run(read, [keyOf(key)], [lifetime()])) as string | null;
      return sealed === null ? undefined : sealer.unseal(sealed, keyOf(key));
    },
    async write(key, value) {
      await run(write, [keyOf(key)], [sealer.seal(value, keyOf(key)), lifetime()]);
    },
    async remove(key) {
      await run(remove, [keyOf(key)]);
    },
  });
}
