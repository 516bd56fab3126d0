import { request } from "node:http";

/** A request as it goes over the wire: a name may occur twice. */
export interface RawRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
}

/** An answer as it comes back. */
export interface RawAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends a request over a real socket, and reads the whole answer. */
export function exchange(origin: string, raw: RawRequest): Promise<RawAnswer> {
  const { host } = new URL(origin);
  const headers = ["host", host, "connection", "close", ...(raw.headers ?? []).flat()];
  const { method = "GET", path } = raw;
  return new Promise((resolve, reject) => {
    // The path as it is: the constructor's own parsing would tidy it.
    const outgoing = request(origin, { method, path, headers, agent: false }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("error", reject);
      incoming.on("end", () => {
        const lines = Object.entries(incoming.headersDistinct);
        resolve({
          status: incoming.statusCode ?? 0,
          headers: Object.fromEntries(
            lines.map(([name, values = []]) => [name, values.join("\n")]),
          ),
          body: Buffer.concat(chunks).toString(),
        });
      });
    });
    outgoing.on("error", reject);
    outgoing.end();
  });
}
