/** A request that a test issuer was sent. It is whole, with its secrets: it is for tests. */
export interface ReceivedRequest {
  readonly method: string;
  readonly url: string;
  /** Below the issuer's URL: `"/token"`. */
  readonly path: string;
  /** Their names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** As text; empty where there is none. */
  readonly body: string;
}

/** More than a test looks at; an issuer that is left running keeps the latest. */
const limit = 1000;

/** Notes a request down, and gives one that can still be read. */
export async function receive(
  log: ReceivedRequest[],
  path: string,
  request: Request,
): Promise<Request> {
  const { method, url, headers, signal } = request;
  const hasBody = method !== "GET" && method !== "HEAD" && request.body !== null;
  const bytes = hasBody ? await request.arrayBuffer() : undefined;
  const body = new TextDecoder().decode(bytes);
  log.push({ method, url, path, headers: Object.fromEntries(headers), body });
  if (log.length > limit) log.shift();
  return new Request(url, { method, headers, signal, ...(bytes && { body: bytes }) });
}

/** A request as `fetch` takes it. One that a server made is left as it is: it may be no plain one. */
export function toRequest(input: string | URL | Request, init?: RequestInit): Request {
  const isAddress = typeof input === "string" || input instanceof URL;
  return isAddress || init !== undefined ? new Request(input, init) : input;
}
