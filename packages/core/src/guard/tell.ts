import { isWatched, publish } from "#channel";
import { type GuardListener, toEvent } from "./event.ts";
import type { Principal } from "./principal.ts";
import type { AuthRequest } from "./request.ts";
import type { Verdict } from "./verdict.ts";

/** Tells of a verdict. */
export type Tell = (request: AuthRequest, verdict: Verdict<Principal | undefined>) => void;

/** Tells the listener and, on Node, the diagnostics channel. Neither can change a verdict. */
export function toTeller(listener: GuardListener | undefined): Tell {
  return (request, verdict) => {
    if (!listener && !isWatched()) return;
    const event = toEvent(request, verdict);
    publish(event);
    try {
      listener?.(event);
    } catch {
      // What a listener throws must not become an answer to the caller.
    }
  };
}
