import { ConfigurationError } from "../wire/configuration-error.ts";
import type { MaybePromise } from "../wire/maybe-promise.ts";
import { type Body, joinBytes } from "./body.ts";

/** What is read of the stream that a Node request is. */
export interface NodeStream {
  readonly destroyed: boolean;
  readonly readableDidRead: boolean;
  readonly readableEncoding: string | null;
  readonly readableFlowing: boolean | null;
  readonly readableLength: number;
  /** Whether all bytes have come, before "end" says so: HTTP/1 alone documents how to ask. */
  readonly complete?: boolean;
  readonly _readableState?: { readonly ended: boolean };
  read(size?: number): unknown;
  unshift(chunk: Uint8Array): void;
  on(event: "readable" | "close", listener: () => void): unknown;
  removeListener(event: "readable" | "close", listener: () => void): unknown;
}

/** What a parser that came before left of a body. */
export interface ParsedBody {
  readonly rawBody?: unknown;
  readonly body?: unknown;
}

/**
 * Reads a stream to its end, and puts back what it read before anyone learns of the end: parsers that
 * come later find every byte.
 *
 * @throws ConfigurationError when a parser came before, and left no bytes
 */
export function readNodeBody(
  stream: NodeStream,
  limit: number,
  parsed: ParsedBody,
): MaybePromise<Body> {
  if (isTaken(stream)) return bytesOf(parsed);
  const chunks: Uint8Array[] = [];
  let length = 0;
  const takeAll = (): boolean => {
    while (stream.readableLength > 0) {
      const chunk = stream.read();
      if (!(chunk instanceof Uint8Array)) break;
      chunks.push(chunk);
      length += chunk.length;
    }
    const isWhole = stream._readableState?.ended ?? stream.complete === true;
    return isWhole || length > limit;
  };
  const putBack = (): Body => {
    const bytes = joinBytes(chunks, length);
    if (length > 0) stream.unshift(bytes);
    return length > limit ? undefined : bytes;
  };

  if (takeAll()) return putBack();
  if (stream.destroyed) return undefined;
  return new Promise((resolve) => {
    const settle = (body: Body) => {
      stream.removeListener("readable", onReadable);
      stream.removeListener("close", onClose);
      resolve(body);
    };
    const onReadable = () => {
      if (takeAll()) settle(putBack());
    };
    const onClose = () => settle(undefined);
    // Asks for bytes itself. Listening would do so a tick later, when an empty body has come to its
    // end, and would let the stream end before the application listens.
    stream.read(0);
    stream.on("readable", onReadable);
    stream.on("close", onClose);
  });
}

/** Whether somebody else has read of the stream, or reads it as text. What we read is back in it. */
function isTaken(stream: NodeStream): boolean {
  const isRead = stream.readableDidRead && stream.readableLength === 0;
  return isRead || stream.readableFlowing === true || stream.readableEncoding !== null;
}

function bytesOf({ rawBody, body }: ParsedBody): Uint8Array {
  for (const left of [rawBody, body]) {
    if (left instanceof Uint8Array) return left;
    if (typeof left === "string") return new TextEncoder().encode(left);
  }
  throw new ConfigurationError(
    "The body has been read and its bytes are gone, so that they cannot be checked. Put protect(guard) before the body parser.",
  );
}
