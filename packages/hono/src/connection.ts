import { type Connection, type NodeSocket, readSocket } from "@countersign/core/adapter";
import type { Context } from "hono";

/** What is known of a request's connection, on the runtimes that tell without being asked. */
export function connectionOf({ env, req }: Context): Connection {
  // @hono/node-server. Its requests' URLs may be as the caller wrote them; the socket is what it is.
  const socket: NodeSocket | undefined = env?.incoming?.socket;
  if (socket !== undefined) return readSocket(socket);
  // Cloudflare Workers: the edge writes the URL and the field, whatever a caller sends.
  if ("cf" in req.raw) {
    return {
      address: req.raw.headers.get("cf-connecting-ip") ?? undefined,
      secure: req.raw.url.startsWith("https:"),
    };
  }
  return {};
}
