import { channel } from "node:diagnostics_channel";
import type { GuardEvent } from "./event.ts";

const verdicts = channel("countersign:verdict");

/** Whether somebody listens, so that events are made only then. */
export function isWatched(): boolean {
  return verdicts.hasSubscribers;
}

/** Publishes to `countersign:verdict`, for tools that watch a process without its doing. */
export function publish(event: GuardEvent): void {
  verdicts.publish(event);
}
