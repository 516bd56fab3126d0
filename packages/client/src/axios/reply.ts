import { AxiosHeaders, type AxiosResponse } from "axios";
import type { Reply } from "../fetch/exchange.ts";

/** An answer of axios as the credential sees it. */
export interface AxiosReply extends Reply {
  readonly response: AxiosResponse;
}

export function toReply(response: AxiosResponse): AxiosReply {
  const headers = AxiosHeaders.from(response.headers as AxiosHeaders);
  return {
    response,
    status: response.status,
    headers: {
      get(name) {
        const value = headers.get(name);
        return value === null || value === undefined ? null : String(value);
      },
    },
    body: { cancel: () => drop(response.data) },
  };
}

/** Lets go of a stream that nobody will read: Node's, or one of the web. */
async function drop(data: unknown): Promise<void> {
  if (typeof data !== "object" || data === null) return;
  if ("destroy" in data && typeof data.destroy === "function") data.destroy();
  else if (data instanceof ReadableStream) await data.cancel();
}
