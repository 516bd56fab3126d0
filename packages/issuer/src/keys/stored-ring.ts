import type { SigningKeyRecord } from "@countersign/core/state";
import { generateKey, type HeldKey, toHeldKey } from "./held-key.ts";
import type { RingSettings } from "./ring-options.ts";

/** What one process knows of the keys in the store. */
export interface StoredRing {
  readonly version: number;
  /** In the order in which they sign. */
  readonly held: readonly HeldKey[];
  /** Seconds since the epoch at which the store was asked. */
  readonly readAt: number;
}

export const unreadRing: StoredRing = {
  version: -1,
  held: [],
  readAt: Number.NEGATIVE_INFINITY,
};

/** A process that loses this often against others has a store that does not do what it promises. */
const attempts = 100;

/**
 * The keys in the store.
 *
 * @param known what was read before, so that no key is opened twice
 * @throws ConfigurationError when one cannot be opened: to go on without it would refuse good tokens
 */
export async function readRing(settings: RingSettings, known: StoredRing): Promise<StoredRing> {
  // Before the question: whatever is written while it is under way may be missing in the answer.
  const readAt = settings.now();
  const { version, keys } = await settings.store.read();
  const held = keys.map(async (record) => {
    const same = known.held.find((each) => isSame(each.record, record));
    return same ?? toHeldKey(record, await settings.box.open(record));
  });
  return { version, held: await Promise.all(held), readAt };
}

/**
 * Adds a key, the first at once and others to sign after their notice, and leaves out those whose
 * tokens have all expired. Of many processes at once one does it; the others see that it is done, as
 * does whoever comes before the new key signs.
 */
export async function rotateRing(
  settings: RingSettings,
  known: StoredRing,
  isStart = false,
): Promise<StoredRing> {
  const { store, box, algorithm, notice } = settings;
  const { kid, jwk } = await generateKey(algorithm);
  let ring = await readRing(settings, known);
  // Who starts makes the first key or none, whatever others have done since it looked.
  const before = isStart ? undefined : ring.held.at(-1);
  for (let attempt = 0; attempt < attempts; attempt++) {
    const now = settings.now();
    const newest = ring.held.at(-1);
    const isDone = newest !== undefined && (newest.kid !== before?.kid || newest.signsFrom > now);
    const kept = isDone ? ring.held : stillPublished(ring.held, settings);
    const records = await Promise.all(kept.map(({ record }) => reseal(settings, record)));
    if (isDone && records.every((record, at) => record === kept[at]?.record)) return ring;

    const added = { kid, signsFrom: newest === undefined ? now : now + notice };
    const next = isDone ? records : [...records, await box.seal(added, jwk)];
    const isOurs = await store.replace(ring.version, next);
    ring = await readRing(settings, ring);
    if (isOurs && !isDone) settings.tell({ type: "signing_key_added", ...added });
    if (isOurs) return ring;
  }
  throw new Error("The store of signing keys refuses every change, as if another were faster.");
}

/** A key signs until its successor does, and its last token lives on for the retention. */
export function stillPublished(
  held: readonly HeldKey[],
  { retention, now }: Pick<RingSettings, "retention" | "now">,
): readonly HeldKey[] {
  return held.filter((_, at) => {
    const successor = held[at + 1];
    return !successor || successor.signsFrom + retention > now();
  });
}

/** Under the first of the encryption keys, so that the others can be left out some day. */
async function reseal({ box }: RingSettings, record: SigningKeyRecord): Promise<SigningKeyRecord> {
  if (await box.isSealedUnderFirst(record)) return record;
  return box.seal(record, (await box.open(record)) as object);
}

function isSame(a: SigningKeyRecord, b: SigningKeyRecord): boolean {
  return a.kid === b.kid && a.signsFrom === b.signsFrom && a.sealed === b.sealed;
}
