import { type Clock, ConfigurationError, toSeconds } from "@countersign/core/wire";
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from "jose";
import type { KeyRing, PublicKey, SigningKey } from "./key-ring.ts";
import { keySetMaxAge } from "./key-set.ts";

/**
 * A key ring in memory, which makes its keys itself.
 *
 * @example
 * const keys: MemoryKeyRing = createKeyRing();
 * await keys.rotate();
 */
export interface MemoryKeyRing extends KeyRing {
  /** Makes a new key and publishes it; after the ring's `notice` it signs in the old one's place. */
  rotate(): Promise<void>;
}

/**
 * How {@link createKeyRing} makes and keeps keys. Durations are in seconds.
 *
 * @example
 * const options: KeyRingOptions = { algorithm: "RS256", retention: 360 };
 */
export interface KeyRingOptions {
  /** `"ES256"` by default; `"RS256"` (2048 bits) for verifiers that know nothing else. */
  readonly algorithm?: "ES256" | "RS256" | "EdDSA";
  /** `Date` by default. */
  readonly clock?: Clock;
  /**
   * How long a new key is published before it signs, so that no verifier meets a key it has not
   * fetched; 300 by default, which is the maximum age of `/jwks`. The first key signs at once.
   */
  readonly notice?: number;
  /**
   * How long an old key stays published after its last signature: the access tokens' lifetime and
   * some tolerance; 3600 by default.
   */
  readonly retention?: number;
}

interface Held extends SigningKey {
  readonly publicKey: PublicKey;
  /** Seconds since the epoch. */
  readonly signsFrom: number;
}

/**
 * Signing keys in this process's memory, made when first needed and never exportable. A restart
 * makes new ones, so tokens of before it fail: fitting for tests and for short-lived tokens of one
 * process.
 *
 * @throws ConfigurationError
 * @example
 * const keys = createKeyRing({ algorithm: "EdDSA" });
 * setInterval(() => keys.rotate(), 7 * 86_400_000);
 */
export function createKeyRing(options: KeyRingOptions = {}): MemoryKeyRing {
  const { algorithm = "ES256", clock = Date, notice = keySetMaxAge, retention = 3600 } = options;
  if (!["ES256", "RS256", "EdDSA"].includes(algorithm)) {
    throw new ConfigurationError('algorithm must be "ES256", "RS256" or "EdDSA".');
  }
  requireDuration(notice, "notice");
  requireDuration(retention, "retention");
  const now = () => toSeconds(clock.now());
  /** In the order in which they sign. */
  let ring: readonly Held[] = [];
  let starting: Promise<void> | undefined;

  function start(): Promise<void> {
    starting ??= add(0).finally(() => {
      starting = undefined;
    });
    return starting;
  }

  async function add(afterSeconds: number): Promise<void> {
    const key = await generate(algorithm);
    ring = [...stillPublished(), { ...key, signsFrom: now() + afterSeconds }];
  }

  /** A key signs until its successor does, and its last token lives on for the retention. */
  function stillPublished(): readonly Held[] {
    return ring.filter((_, at) => {
      const successor = ring[at + 1];
      return !successor || successor.signsFrom + retention > now();
    });
  }

  function signing(): SigningKey {
    const held = ring.findLast(({ signsFrom }) => signsFrom <= now()) ?? ring[0];
    if (!held) throw new Error("The key ring is empty.");
    const { kid, privateKey } = held;
    return { kid, algorithm, privateKey };
  }

  const publishing = () => stillPublished().map(({ publicKey }) => publicKey);

  return {
    current: () => (ring.length > 0 ? signing() : start().then(signing)),
    published: () => (ring.length > 0 ? publishing() : start().then(publishing)),
    async rotate() {
      if (ring.length === 0) await start();
      await add(notice);
    },
  };
}

async function generate(algorithm: "ES256" | "RS256" | "EdDSA") {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: false });
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk); // RFC 7638
  const published = { ...jwk, kid, alg: algorithm, use: "sig" } as PublicKey;
  return { kid, algorithm, privateKey, publicKey: Object.freeze(published) };
}

function requireDuration(value: number, name: string): void {
  if (Number.isSafeInteger(value) && value >= 0) return;
  throw new ConfigurationError(`${name} must be a whole number of seconds, zero or more.`);
}
