import { type Clock, encodeBase64Url } from "@countersign/core/wire";

/** What is handed out and comes back: codes, pushed requests, logins of devices. */
export interface Tickets<T> {
  /** Keeps a value under a name that nobody guesses, or under one of its own. */
  put(value: T, name?: string): string;
  find(name: string | undefined): T | undefined;
  /** Finds it, for the last time. */
  take(name: string | undefined): T | undefined;
}

/** Far more than tests need: whoever leaves an issuer running must not fill its memory. */
const limit = 10_000;

/**
 * Tickets in memory.
 *
 * @param lifetime in seconds
 */
export function createTickets<T>(clock: Clock, lifetime: number): Tickets<T> {
  const held = new Map<string, { readonly value: T; readonly until: number }>();
  function find(name: string | undefined): T | undefined {
    const ticket = name === undefined ? undefined : held.get(name);
    return ticket !== undefined && ticket.until > clock.now() ? ticket.value : undefined;
  }
  return {
    put(value, name = randomText()) {
      // All live equally long, so the oldest are the first to expire.
      for (const [old, { until }] of held) {
        if (until > clock.now()) break;
        held.delete(old);
      }
      if (held.size >= limit) throw new Error(`There are ${limit} logins under way.`);
      held.set(name, { value, until: clock.now() + lifetime * 1000 });
      return name;
    },
    find,
    take(name) {
      const value = find(name);
      if (name !== undefined) held.delete(name);
      return value;
    },
  };
}

function randomText(): string {
  return encodeBase64Url(crypto.getRandomValues(new Uint8Array(24)));
}
