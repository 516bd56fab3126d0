/** What a request carries. All but a stream can be sent again. */
type Body = Uint8Array<ArrayBuffer> | Blob | ReadableStream<Uint8Array> | undefined;

/** One request on the way to an answer: the caller's own, or one a redirect led to. */
export interface Hop {
  readonly method: string;
  readonly url: URL;
  /** The caller's headers and the Content-Type of the body; nothing of the credential. */
  readonly headers: Headers;
  readonly body: Body;
  /** Nothing of ours goes along any more: a redirect has left the origin. */
  readonly bare: boolean;
}

/** Whether the body can be sent a second time. */
export function isReplayable({ body }: Hop): boolean {
  return !(body instanceof ReadableStream);
}

/**
 * A call's first hop, read as the global fetch would read it. Bodies are taken once and sent from
 * memory, so that a second sending has the same bytes, boundaries of forms included; a Blob stays
 * where it is, and a stream stays a stream. A body inside a Request counts as bytes: Request does not
 * tell whether it was made of a stream.
 */
export async function readHop(input: string | URL | Request, init: RequestInit = {}): Promise<Hop> {
  const streams = isStream(init.body);
  const request = new Request(input, { ...init, signal: null, ...(streams && { duplex: "half" }) });
  const { method, headers } = request;
  const url = new URL(request.url);
  return { method, url, headers, body: await readBody(), bare: false };

  async function readBody(): Promise<Body> {
    if (method === "GET" || method === "HEAD") return undefined;
    if (streams) return request.body ?? undefined;
    if (init.body instanceof Blob) return init.body;
    const bytes = new Uint8Array(await request.arrayBuffer());
    return bytes.length === 0 ? undefined : bytes;
  }
}

/** A ReadableStream, or what Node takes for one: anything that is iterated asynchronously. */
function isStream(body: unknown): boolean {
  if (typeof body !== "object" || body === null) return false;
  return body instanceof ReadableStream || Symbol.asyncIterator in body;
}
