import type { Policy } from "../guard/guard.ts";
import { type AuthRequest, publicUrlOf } from "../guard/request.ts";

/** What is read of Node's `IncomingMessage`, and of what Express and Fastify make of it. */
export interface NodeRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  /** Before a router cut it. */
  readonly originalUrl?: string | undefined;
  readonly headersDistinct: Readonly<Record<string, string[] | undefined>>;
}

/**
 * Views a Node request. By `headersDistinct`: `headers` silently drops a second Authorization line.
 */
export function viewNodeRequest(request: NodeRequest, policy: Policy): AuthRequest {
  return {
    method: request.method ?? "GET",
    get url() {
      return publicUrlOf(request.originalUrl ?? request.url ?? "/", policy.publicUrl);
    },
    header: (name) => request.headersDistinct[name]?.join(", "),
  };
}
