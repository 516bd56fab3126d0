import type { ApiKeyRecord, ApiKeyStore } from "../state/api-keys.ts";
import { createRecent } from "../state/recent.ts";
import type { Clock } from "../wire/clock.ts";
import { requireThat } from "../wire/configuration-error.ts";
import { equalInConstantTime } from "../wire/equal.ts";

/**
 * How {@link cachedApiKeys} remembers.
 *
 * @example
 * const options: CachedApiKeysOptions = { maxAge: 10 };
 */
export interface CachedApiKeysOptions {
  /**
   * Seconds for which a key counts as the store had it, more than 0 and 60 at most. For so long a change is
   * not noticed: a key that was removed or replaced goes on being accepted.
   */
  readonly maxAge: number;
  /** How many keys are remembered, 2 at least. Default 10 000. */
  readonly limit?: number;
  /** Default `Date`. */
  readonly clock?: Clock;
}

interface Remembered {
  readonly record: ApiKeyRecord;
  /** Milliseconds since the epoch. */
  readonly askedAt: number;
}

/**
 * A store of API keys that asks another one, and remembers for `maxAge` seconds what it said: for stores
 * that take their time. Whoever removes a key waits for so long until it is refused everywhere; a key's own
 * `expiresAt` counts at once.
 *
 * Only keys that are there are remembered, by the SHA-256 of their secret part: a new key serves at once,
 * and guesses drive nobody out. However many wait for one key, the store is asked once.
 *
 * @throws ConfigurationError when the options cannot be right or safe
 * @example
 * apiKey({ keys: cachedApiKeys(store, { maxAge: 10 }) });
 */
export function cachedApiKeys(
  keys: ApiKeyStore,
  { maxAge, limit = 10_000, clock = Date }: CachedApiKeysOptions,
): ApiKeyStore {
  requireThat(
    maxAge > 0 && maxAge <= 60,
    "cachedApiKeys: maxAge is in seconds, 60 at most: for so long a removed key is still accepted.",
  );
  requireThat(
    Number.isInteger(limit) && limit > 1,
    "cachedApiKeys: limit is a number of keys, 2 at least: 10000 is usual.",
  );
  const recent = createRecent<Remembered>(limit);
  const flights = new Map<string, Promise<ApiKeyRecord | undefined>>();

  const isFresh = ({ askedAt }: Remembered): boolean => {
    const age = clock.now() - askedAt;
    // A clock that is set back must not lengthen a life.
    return age >= 0 && age < maxAge * 1000;
  };

  const ask = async (name: string, query: Query): Promise<ApiKeyRecord | undefined> => {
    const askedAt = clock.now();
    const record = await keys.find(query);
    // A key's id may come with any secret: only the right one is worth remembering.
    if (record && equalInConstantTime(record.hash, query.hash)) {
      recent.keep(name, { record, askedAt });
    }
    return record;
  };

  return {
    find(query) {
      const name = JSON.stringify([query.id, query.hash]);
      const known = recent.find(name);
      if (known && isFresh(known)) return known.record;
      const underWay = flights.get(name);
      if (underWay) return underWay;
      const flight = ask(name, query);
      flights.set(name, flight);
      const land = () => void flights.delete(name);
      flight.then(land, land);
      return flight;
    },
    ...(keys.touch && { touch: (id, at) => keys.touch?.(id, at) }),
  };
}

type Query = Parameters<ApiKeyStore["find"]>[0];
