import type { Clock } from "@countersign/core/wire";
import { abortable } from "../abortable.ts";
import type { AccessToken, TokenSource } from "./token-source.ts";

const second = 1000;
const minute = 60_000;

/** A token and the times that follow from it, in milliseconds since the epoch. */
interface Held<T> {
  readonly token: T;
  /** From here on it is renewed in the background. */
  readonly soft: number;
  /** From here on callers wait for the renewal. */
  readonly hard: number;
  readonly end: number;
}

/**
 * Keeps one token of whatever `request` fetches, and renews it: one request at a time however many
 * callers, ahead of the expiry, and ever more rarely while requests fail.
 *
 * @param request is given the token it is to replace, refused ones too
 * @param first a token that is there already
 */
export function renewing<T extends AccessToken>(options: {
  readonly request: (old: T | undefined) => Promise<T>;
  readonly clock: Clock;
  readonly first?: T | undefined;
}): TokenSource<T> {
  const { request, clock, first } = options;
  let latest = first;
  let held = first && hold(first, clock.now());
  let refusals: readonly number[] = [];
  let flight: Promise<T> | undefined;
  let failure:
    | { readonly error: unknown; readonly count: number; readonly until: number }
    | undefined;

  async function fly(): Promise<T> {
    const startedAt = clock.now();
    try {
      const token = await request(latest);
      latest = token;
      held = hold(token, startedAt);
      failure = undefined;
      return token;
    } catch (error) {
      const count = (failure?.count ?? 0) + 1;
      failure = { error, count, until: clock.now() + pause(count) };
      throw error;
    } finally {
      flight = undefined;
    }
  }

  /** Joins the request under way, or starts one. No caller's signal reaches it. */
  function renew(): Promise<T> {
    if (flight) return flight;
    flight = fly();
    flight.catch(() => {}); // whoever waits is told; a renewal in the background has nobody to tell
    return flight;
  }

  return Object.freeze<TokenSource<T>>({
    token({ signal, fresh = false } = {}) {
      const now = clock.now();
      const pausing = failure !== undefined && now < failure.until;
      if (held === undefined || now >= held.end) {
        if (failure && pausing) return Promise.reject(failure.error);
        return abortable(renew(), signal);
      }
      const { token, soft, hard, end } = held;
      if (now < soft || pausing) return token;
      const renewal = renew();
      if (now < hard && !fresh) return token;
      // An outage of the token endpoint is no reason to fail while the old token still holds.
      const renewed = renewal.catch((error) => {
        if (clock.now() < end) return token;
        throw error;
      });
      return abortable(renewed, signal);
    },
    invalidate(token) {
      if (held?.token.value.reveal() !== token.value.reveal()) return;
      const now = clock.now();
      refusals = refusals.filter((at) => now < at + minute);
      // When replacements are refused as well, it is not the token that is wrong, and a new one for
      // every call would only wear out the token endpoint.
      if (refusals.length >= 3) return;
      refusals = [...refusals, now];
      held = undefined;
    },
  });
}

/** Windows shrink with the lifetime; the soft one is spread so that many processes do not renew at once. */
function hold<T extends AccessToken>(token: T, startedAt: number): Held<T> {
  const end = token.expiresAt === undefined ? Number.POSITIVE_INFINITY : token.expiresAt * second;
  const lifetime = Math.max(0, end - startedAt);
  const spread = 1 + Math.random() / 5;
  const soft = end - Math.min(lifetime / 4, 5 * minute) * spread;
  const hard = end - Math.min(lifetime / 10, 15 * second);
  return { token, soft, hard, end };
}

/** 1, 2, 4 … 32 s, in milliseconds, and up to a fifth more. */
function pause(failures: number): number {
  return second * 2 ** Math.min(failures - 1, 5) * (1 + Math.random() / 5);
}
