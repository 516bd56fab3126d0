import { ensure } from "../client-error.ts";
import type { Credential } from "../credential/credential.ts";

/** One request on the way to an answer: the caller's own, or one a redirect led to. */
export interface Hop {
  readonly method: string;
  readonly url: URL;
  /** The caller's headers and the Content-Type of the body; nothing of the credential. */
  readonly headers: Headers;
  /** Makes the body, each time it is sent. */
  readonly body: (() => NonNullable<RequestInit["body"]>) | undefined;
  /** `false` when the body can be made only once. */
  readonly replayable: boolean;
  /** `undefined` once a redirect has left the origin. */
  readonly credential: Credential | undefined;
}

/**
 * The body of a call. It is taken once and sent from memory, so that a second sending has the same
 * bytes, boundaries of forms included; but a Blob stays where it is, and a ReadableStream a stream. A
 * body inside a Request counts as bytes: Request does not tell whether it was made of a stream.
 *
 * @param given what the request's body was made of, if it was not there before
 */
export async function readBody(
  request: Partial<Pick<Request, "body" | "arrayBuffer">>,
  given: RequestInit["body"],
): Promise<Pick<Hop, "body" | "replayable">> {
  const streams = given instanceof ReadableStream;
  const again = (given as ReplayableStream | undefined)?.again;
  const content = (
    streams ? request.body : given instanceof Blob ? given : await request.arrayBuffer?.()
  ) as ArrayBuffer | undefined;
  const body = content && content.byteLength !== 0 ? (again ?? (() => content)) : undefined;
  return { body, replayable: !streams || !!again };
}

/** A stream that can be made again, with the same bytes. */
export type ReplayableStream = ReadableStream<Uint8Array> & {
  again(): ReadableStream<Uint8Array>;
};

/** @throws ClientError `not_replayable`: the body is needed twice and can be made only once */
export function ensureReplayable({ replayable }: Hop): void {
  ensure(replayable, "not_replayable: pass bytes or replayable().");
}
