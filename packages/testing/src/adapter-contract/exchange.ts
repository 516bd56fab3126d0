import { type ClientRequest, request } from "node:http";
import { setTimeout } from "node:timers/promises";

/** A request as it goes over the wire: a name may occur twice. */
export interface RawRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** Sent as a whole, or chunk by chunk. */
  readonly body?: string | readonly string[];
  /** Whether it goes straight to the server, and not through a proxy that took it over TLS. */
  readonly direct?: boolean;
}

/** What a proxy adds that took a request over TLS; in the contract, the server trusts its address. */
const throughProxy = ["x-forwarded-for", "203.0.113.7", "x-forwarded-proto", "https"];

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
  const { method = "GET", path, body = "", direct = false } = raw;
  const headers = [
    ...["host", host, "connection", "close"],
    ...(raw.headers ?? []).flat(),
    ...(direct ? [] : throughProxy),
    ...(typeof body !== "string" ? ["transfer-encoding", "chunked"] : []),
    ...(typeof body === "string" && body ? ["content-length", `${Buffer.byteLength(body)}`] : []),
  ];
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
    if (typeof body === "string") outgoing.end(body);
    else sendSlowly(outgoing, body).catch(reject);
  });
}

async function sendSlowly(outgoing: ClientRequest, chunks: readonly string[]): Promise<void> {
  outgoing.flushHeaders();
  for (const chunk of chunks) {
    await setTimeout(5);
    outgoing.write(chunk);
  }
  outgoing.end();
}
