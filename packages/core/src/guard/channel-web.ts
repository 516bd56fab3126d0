import type { GuardEvent } from "./event.ts";

/** Elsewhere than on Node there is no such channel. */
export function isWatched(): boolean {
  return false;
}

export function publish(_event: GuardEvent): void {}
