import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { ServerRequest } from "srvx";
import { toNodeHandler } from "srvx/node";

/** A server on 127.0.0.1. */
export interface Listening {
  /** Its origin: `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** Ends it and every connection to it. */
  close(): Promise<void>;
}

/**
 * Serves a fetch handler on loopback. When it rejects, the connection is cut.
 *
 * @param port 0 for a free one
 */
export function listen(
  handler: (request: Request) => Promise<Response>,
  port = 0,
): Promise<Listening> {
  const cutting = (request: ServerRequest) =>
    handler(request).catch(() => {
      request.runtime?.node?.req.socket.destroy();
      return new Response();
    });
  return serve(createServer(toNodeHandler(cutting) as RequestListener), port);
}

/** Has a server listen on loopback. */
export async function serve(server: Server, port = 0): Promise<Listening> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
