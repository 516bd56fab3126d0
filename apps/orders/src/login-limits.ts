import { toNetwork } from "@countersign/core";
import type { Throttle } from "@countersign/core/state";
import { problem } from "./http.ts";

/** Checks a password, within limits. */
export type LoginLimits = (
  address: string | undefined,
  username: string,
  check: () => Promise<boolean>,
) => Promise<boolean>;

/**
 * Limits on guessed passwords, by address and user: one by user alone would let anybody lock that user
 * out. A point is taken before the password is checked, and given back when it was right.
 */
export function createLoginLimits(throttle: Throttle): LoginLimits {
  return async (address, username, check) => {
    const key = `login ${toNetwork(address ?? "unknown")} ${username.slice(0, 256)}`;
    await throttle.consume(key).catch((refusal: unknown) => {
      if (refusal instanceof Error) throw problem(503, "Try again", { "retry-after": "5" });
      const seconds = Math.ceil((refusal as { msBeforeNext: number }).msBeforeNext / 1000);
      throw problem(429, "There were too many attempts", { "retry-after": String(seconds) });
    });
    const isRight = await check();
    if (isRight) await throttle.reward(key).catch(() => {});
    return isRight;
  };
}
