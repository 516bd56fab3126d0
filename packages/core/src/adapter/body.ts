import { createSlot } from "#slot";
import { after, type MaybePromise } from "../wire/maybe-promise.ts";

/** The bytes of a body, or `undefined`: there are too many of them, or the caller broke off. */
export type Body = Uint8Array | undefined;

interface Reading {
  readonly limit: number;
  readonly body: MaybePromise<Body>;
}

const readings = /* @__PURE__ */ createSlot<Reading>();

/** Reads a request's body once for all guards and schemes that look at it. */
export function readOnce(
  request: object,
  limit: number,
  read: () => MaybePromise<Body>,
): MaybePromise<Body> {
  const earlier = readings.get(request);
  // What was too long for an earlier reader may not be for this one.
  const reading =
    earlier !== undefined && earlier.limit >= limit
      ? earlier
      : { limit, body: after(earlier?.body, (known) => known ?? read()) };
  readings.set(request, reading);
  return after(reading.body, (body) => (body && body.length <= limit ? body : undefined));
}

/** Chunks as one; a single one is not copied. */
export function joinBytes(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const [first] = chunks;
  if (first !== undefined && chunks.length === 1) return first;
  const joined = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    joined.set(chunk, at);
    at += chunk.length;
  }
  return joined;
}
