import type { Throttle } from "@countersign/core/state";
import { ConfigurationError } from "@countersign/core/wire";
import type { Connection } from "../connection/connection.ts";
import { toScript } from "../connection/script.ts";
import type { KeyNames } from "./key-names.ts";

/**
 * How many attempts a key has, in one of the throttles of a Redis.
 *
 * @example
 * const options: ThrottleOptions = { name: "logins", points: 5, duration: 60 };
 */
export interface ThrottleOptions {
  /** Keeps this throttle's keys apart from those of others under the same prefix. */
  readonly name: string;
  /** Attempts in each window. */
  readonly points: number;
  /** The length of a window, in seconds, from the first attempt on. */
  readonly duration: number;
}

// Nothing when there was a point, else the milliseconds until there is one.
const consume = toScript(`
if tonumber(redis.call("GET", KEYS[1]) or 0) >= tonumber(ARGV[1]) then
  return redis.call("PTTL", KEYS[1])
end
if redis.call("INCR", KEYS[1]) == 1 then redis.call("PEXPIRE", KEYS[1], ARGV[2]) end
return false
`);
const look = toScript(`
local taken = redis.call("GET", KEYS[1])
return taken and { tonumber(taken), redis.call("PTTL", KEYS[1]) }
`);
const reward = toScript(`
if tonumber(redis.call("GET", KEYS[1]) or 0) > 0 then redis.call("DECR", KEYS[1]) end
`);

/** The longest window, in seconds: a year. */
const longest = 31_536_000;

/** @throws ConfigurationError when the options cannot be right */
export function createThrottle(
  { run }: Connection,
  names: KeyNames,
  { name, points, duration }: ThrottleOptions,
): Required<Throttle> {
  if (!(points > 0 && duration > 0 && duration <= longest) || !name) {
    throw new ConfigurationError(
      "A throttle needs a name, positive points and a positive duration (seconds, a year at most).",
    );
  }
  const keyOf = (key: string) => names.of("throttle", JSON.stringify([name, key]));
  return Object.freeze<Required<Throttle>>({
    async consume(key) {
      const msBeforeNext = await run(consume, [keyOf(key)], [points, Math.ceil(duration * 1000)]);
      // By the contract no Error, which would mean that it cannot be told.
      if (msBeforeNext !== null) throw { msBeforeNext };
    },
    async get(key) {
      const state = (await run(look, [keyOf(key)])) as readonly [number, number] | null;
      return state && { remainingPoints: points - state[0], msBeforeNext: state[1] };
    },
    reward: (key) => run(reward, [keyOf(key)]),
  });
}
