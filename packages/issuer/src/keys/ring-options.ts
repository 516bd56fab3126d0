import { createMemorySigningKeys, type SigningKeyStore } from "@countersign/core/state";
import { type Clock, ConfigurationError, toSeconds } from "@countersign/core/wire";
import { toListener } from "../event.ts";
import type { RingAlgorithm } from "./held-key.ts";
import { createKeyBox, type EncryptionKey, type KeyBox } from "./key-box.ts";
import { keySetMaxAge } from "./key-set.ts";
import type { KeyRingEvent } from "./ring-event.ts";

/**
 * How {@link createKeyRing} makes and keeps keys. Durations are in seconds.
 *
 * @example
 * const options: KeyRingOptions = { store, encryptionKey: env.KEY_ENCRYPTION_KEY, rotateEvery: 30 * 86_400 };
 */
export interface KeyRingOptions {
  /**
   * Where the keys are kept, for as many processes as share them. By default in memory: a restart makes
   * new keys, and tokens of before it fail.
   */
  readonly store?: SigningKeyStore;
  /**
   * What keys are encrypted under in the store (AES-256-GCM): 32 random bytes, as such or in base64url,
   * from the environment. Of several the first encrypts, and all decrypt: put a new one first, call
   * {@link RotatingKeyRing.rotate}, and leave the old one out afterwards.
   */
  readonly encryptionKey?: EncryptionKey | readonly EncryptionKey[];
  /** `"ES256"` by default; `"RS256"` (2048 bits) for verifiers that know nothing else. */
  readonly algorithm?: RingAlgorithm;
  /** `Date` by default. */
  readonly clock?: Clock;
  /**
   * How long a new key is published before it signs, so that no verifier meets a key it has not
   * fetched; by default 360: the maximum age of `/jwks`, and `reloadEvery`. The first key signs at once.
   */
  readonly notice?: number;
  /**
   * How long an old key stays published after its last signature: the access tokens' lifetime and
   * some tolerance; 3600 by default.
   */
  readonly retention?: number;
  /** Makes a new key whenever the present one has signed for so long; by default never. */
  readonly rotateEvery?: number;
  /** How old the knowledge of what other processes did may become; 60 by default, less than `notice`. */
  readonly reloadEvery?: number;
  /** Told of new keys, and of what failed in the background. What it throws is ignored. */
  readonly onEvent?: (event: KeyRingEvent) => void;
}

/** The options, checked and with every default in its place. */
export interface RingSettings {
  readonly store: SigningKeyStore;
  readonly box: KeyBox;
  readonly algorithm: RingAlgorithm;
  readonly notice: number;
  readonly retention: number;
  readonly rotateEvery: number;
  readonly reloadEvery: number;
  /** Seconds since the epoch. */
  now(): number;
  tell(event: KeyRingEvent): void;
}

/** @throws ConfigurationError */
export function toRingSettings(options: KeyRingOptions): RingSettings {
  const { algorithm = "ES256", clock = Date, retention = 3600 } = options;
  if (!["ES256", "RS256", "EdDSA"].includes(algorithm)) {
    throw new ConfigurationError('algorithm must be "ES256", "RS256" or "EdDSA".');
  }
  const { notice = keySetMaxAge + (options.reloadEvery ?? 60) } = options;
  const { reloadEvery = Math.min(60, Math.floor(notice / 2)) } = options;
  for (const [name, value] of Object.entries({ notice, retention, reloadEvery })) {
    requireDuration(value, name);
  }
  if (reloadEvery > 0 && reloadEvery >= notice) {
    throw new ConfigurationError(
      "reloadEvery must be less than notice: a process that learns of a new key only when it signs " +
        "has not published it.",
    );
  }
  return {
    ...toStore(options),
    algorithm,
    notice,
    retention,
    reloadEvery,
    rotateEvery: toRotateEvery(options.rotateEvery, notice),
    now: () => toSeconds(clock.now()),
    tell: toListener(options.onEvent),
  };
}

function toStore({ store, encryptionKey }: KeyRingOptions): Pick<RingSettings, "store" | "box"> {
  if (store === undefined) {
    // What is kept in this process alone is encrypted under a key of this process alone.
    const box = createKeyBox(crypto.getRandomValues(new Uint8Array(32)));
    return { store: createMemorySigningKeys(), box };
  }
  const keys = isList(encryptionKey) ? encryptionKey : encryptionKey ? [encryptionKey] : [];
  const [first, ...others] = keys;
  if (first) return { store, box: createKeyBox(first, ...others) };
  throw new ConfigurationError(
    "A store of signing keys needs an encryptionKey, so that who reads the store cannot sign: 32 random " +
      "bytes from the environment. Make one: openssl rand -base64 32 | tr '+/' '-_' | tr -d '='",
  );
}

function isList(value: KeyRingOptions["encryptionKey"]): value is readonly EncryptionKey[] {
  return Array.isArray(value);
}

function toRotateEvery(value: number | undefined, notice: number): number {
  if (value === undefined) return Number.POSITIVE_INFINITY;
  if (Number.isSafeInteger(value) && value > notice) return value;
  throw new ConfigurationError("rotateEvery must be a whole number of seconds, more than notice.");
}

function requireDuration(value: number, name: string): void {
  if (Number.isSafeInteger(value) && value >= 0) return;
  throw new ConfigurationError(`${name} must be a whole number of seconds, zero or more.`);
}
