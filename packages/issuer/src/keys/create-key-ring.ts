import type { KeyRing, PublicKey, SigningKey } from "./key-ring.ts";
import { type KeyRingOptions, toRingSettings } from "./ring-options.ts";
import {
  readRing,
  rotateRing,
  type StoredRing,
  stillPublished,
  unreadRing,
} from "./stored-ring.ts";

/**
 * A key ring that makes its keys itself.
 *
 * @example
 * const keys: RotatingKeyRing = createKeyRing();
 * await keys.rotate();
 */
export interface RotatingKeyRing extends KeyRing {
  readonly retention: number;
  /**
   * Makes a new key and publishes it; after the ring's `notice` it signs in the old one's place. While
   * there is such a key, in the making or waiting, nothing is to be done: call it from every process.
   */
  rotate(): Promise<void>;
}

/** After a failure the store is left alone for so long, in seconds. */
const retryAfter = 1;

/**
 * Signing keys, made when they are first needed and kept in a store that any number of processes
 * share: encrypted there, and not extractable here.
 *
 * What other processes did is known within `reloadEvery`. While the store cannot be read the known keys
 * serve on for `notice` seconds, since no other key signs earlier; then nothing is signed until it can.
 *
 * @throws ConfigurationError
 * @example
 * const keys = createKeyRing({ store, encryptionKey: env.KEY_ENCRYPTION_KEY, rotateEvery: 30 * 86_400 });
 * await keys.current(); // fails now rather than at the first login, if the keys cannot be opened
 */
export function createKeyRing(options: KeyRingOptions = {}): RotatingKeyRing {
  const settings = toRingSettings(options);
  const { notice, retention, reloadEvery, rotateEvery, now } = settings;
  let ring = unreadRing;
  let reloading: Promise<void> | undefined;
  let rotating: Promise<void> | undefined;
  let failed: { readonly cause: unknown; readonly until: number } | undefined;

  // In turn, so that what was read earlier never takes the place of what was read later.
  let last: Promise<unknown> = Promise.resolve();
  function inTurn(task: (known: StoredRing) => Promise<StoredRing>): Promise<void> {
    const turn = last.then(async () => {
      try {
        ring = await task(ring);
        failed = undefined;
      } catch (cause) {
        failed = { cause, until: now() + retryAfter };
        settings.tell({ type: "signing_keys_unavailable", cause });
        throw cause;
      }
    });
    last = turn.catch(() => {});
    return turn;
  }

  function reload(): Promise<void> {
    reloading ??= inTurn(async (known) => {
      const read = await readRing(settings, known);
      return read.held.length > 0 ? read : rotateRing(settings, read, true);
    }).finally(() => {
      reloading = undefined;
    });
    return reloading;
  }

  function rotate(): Promise<void> {
    rotating ??= inTurn((known) => rotateRing(settings, known)).finally(() => {
      rotating = undefined;
    });
    return rotating;
  }

  const age = () => now() - ring.readAt;
  const isFresh = () => age() >= 0 && age() <= reloadEvery;
  const isUsable = () => age() <= notice;
  const isFailing = () => failed !== undefined && now() < failed.until;

  function isDue(): boolean {
    const newest = ring.held.at(-1);
    return newest !== undefined && now() >= newest.signsFrom + rotateEvery - notice;
  }

  /** Until what is known is fresh, or at least good enough. */
  async function catchUp(): Promise<void> {
    if (isFailing() && !isUsable()) throw failed?.cause;
    if (isFailing()) return;
    try {
      await reload();
    } catch (cause) {
      if (!isUsable()) throw cause;
    }
  }

  function inBackground(): void {
    if (isFailing()) return;
    if (isDue()) rotate().catch(() => {});
    else if (!isFresh()) reload().catch(() => {});
  }

  function signing(): SigningKey {
    // The first of all, should the clock of whoever made it be ahead of ours.
    const held = ring.held.findLast(({ signsFrom }) => signsFrom <= now()) ?? ring.held[0];
    if (!held) throw new Error("The key ring is empty.");
    const { kid, algorithm, privateKey } = held;
    return { kid, algorithm, privateKey };
  }

  function publishing(): readonly PublicKey[] {
    return stillPublished(ring.held, settings).map(({ publicKey }) => publicKey);
  }

  return Object.freeze<RotatingKeyRing>({
    retention,
    current() {
      if (!isUsable()) return catchUp().then(signing);
      inBackground();
      return signing();
    },
    published() {
      if (!isFresh()) return catchUp().then(publishing);
      inBackground();
      return publishing();
    },
    rotate,
  });
}
