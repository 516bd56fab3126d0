import type { ReplayableStream } from "./hop.ts";

/**
 * A body that is a stream and can be sent again, because it can be made again. Nothing is made before it
 * is sent.
 *
 * @param make gives a new stream of the same bytes, each time it is called
 * @example
 * await api("https://api.example.com/files", {
 *   method: "POST",
 *   body: replayable(() => Readable.toWeb(createReadStream(path))),
 * });
 */
export function replayable(make: () => ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  // A stream itself, for whatever else it is passed to; of ours, it is never read.
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        reader ??= make().getReader();
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: (reason) => reader?.cancel(reason),
    },
    { highWaterMark: 0 },
  );
  return Object.assign(stream, { again: make }) satisfies ReplayableStream;
}
