import { hash } from "node:crypto";

/** A Lua script, and the name by which Redis remembers it. */
export interface Script {
  readonly source: string;
  readonly sha1: string;
}

/** Milliseconds in which Redis must have answered. What needs it is refused within a second, then. */
export const timeLimit = 800;

/** How old a call may be when it runs, in milliseconds: so that it has run before it is given up. */
const oldest = timeLimit - 100;
/** How far Redis's clock may be behind what it is taken for. The two make less than the limit. */
const youngest = -50;

/**
 * A script that runs only while somebody waits for it. A Redis that was stopped for a minute finds the
 * commands of that minute in its socket and would obey them, though every caller has been told that
 * they failed: a refresh token would be used up with nobody to take the new one. So each call says
 * when it was sent, by Redis's clock as far as known, and `now` is that clock's milliseconds.
 */
export function toScript(body: string): Script {
  const source = `local time = redis.call("TIME")
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local age = now - table.remove(ARGV)
if age > ${oldest} or age < ${youngest} then
  return redis.error_reply(string.format("CLOCK %.0f", now))
end
${body.trim()}
`;
  return { source, sha1: hash("sha1", source) };
}

/** What Redis's clock showed when a script refused to run, in milliseconds since the epoch. */
export function readClock(refusal: unknown): number | undefined {
  const [, time] = /\bCLOCK (\d+)/.exec(messageOf(refusal)) ?? [];
  return time === undefined ? undefined : Number(time);
}

/** Whether Redis does not know a script: it has been restarted, or its scripts were flushed. */
export function isUnknownScript(refusal: unknown): boolean {
  return messageOf(refusal).startsWith("NOSCRIPT");
}

function messageOf(refusal: unknown): string {
  return refusal instanceof Error ? refusal.message : "";
}
