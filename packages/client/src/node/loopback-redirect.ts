import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** How {@link loopbackRedirect} listens. */
export interface LoopbackRedirectOptions {
  /** The path, as it is registered with the authorization server. Default: `/callback`. */
  readonly path?: string;
  /** What the user reads in the browser when they come back. */
  readonly message?: string;
}

/** A place on this machine where one user comes back to from a login. */
export interface LoopbackRedirect {
  /** The redirect URI of the login. */
  readonly uri: string;
  /**
   * Waits for the user, gives the URL they came by, and closes. Requests of anybody else, who knows
   * neither path nor state, are refused and change nothing.
   *
   * @param login what `start` gave
   * @param options.signal gives up waiting, and closes
   */
  callback(
    login: { readonly state: string },
    options?: { readonly signal?: AbortSignal },
  ): Promise<URL>;
  /** Stops listening, if it has not stopped by itself. */
  close(): Promise<void>;
}

/**
 * Where command-line programs have their users come back to (RFC 8252 §7.3): a port of 127.0.0.1 that is
 * free, for one request. Register `http://127.0.0.1/callback` with the authorization server, which must
 * take any port.
 *
 * @example
 * const redirect = await loopbackRedirect();
 * const logins = authorizationCode({ issuer, clientId, redirectUri: redirect.uri, scope });
 * const login = await logins.start();
 * console.log(`Open ${login.url}`);
 * const source = await logins.finish(await redirect.callback(login), login.pending);
 */
export async function loopbackRedirect(
  options: LoopbackRedirectOptions = {},
): Promise<LoopbackRedirect> {
  const { path = "/callback", message = "You can close this window." } = options;
  const arrival = Promise.withResolvers<URL>();
  arrival.promise.catch(() => {}); // nobody may be waiting when it is closed
  const expected = Promise.withResolvers<string>();

  const server = createServer(async (request, response) => {
    const url = readCallback(request, uri);
    if (url === undefined) return answer(response, 404, "Not found.");
    if (request.method !== "GET") return answer(response, 405, "Not allowed.");
    const { searchParams } = url;
    const isComplete = searchParams.has("code") || searchParams.has("error");
    if (!isComplete || searchParams.get("state") !== (await expected.promise)) {
      return answer(response, 400, "This does not belong to the login that is under way.");
    }
    answer(response, 200, message);
    response.once("close", () => close());
    arrival.resolve(url);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const uri = `http://127.0.0.1:${port}${path}`;

  function close(): Promise<void> {
    arrival.reject(new Error("It was closed before the user came back."));
    return new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }

  return Object.freeze<LoopbackRedirect>({
    uri,
    close,
    async callback({ state }, { signal } = {}) {
      expected.resolve(state); // whoever was quicker than this call has waited for it
      const abort = () => {
        arrival.reject(signal?.reason);
        void close();
      };
      if (signal?.aborted) abort();
      signal?.addEventListener("abort", abort, { once: true });
      return arrival.promise.finally(() => signal?.removeEventListener("abort", abort));
    },
  });
}

/** The URL of a request for the very path, and for this host: a page elsewhere may give us a name of its own. */
function readCallback({ url = "", headers }: IncomingMessage, uri: string): URL | undefined {
  const expected = new URL(uri);
  if (headers.host !== expected.host || !URL.canParse(url, uri)) return undefined;
  const callback = new URL(url, uri);
  return callback.origin === expected.origin && callback.pathname === expected.pathname
    ? callback
    : undefined;
}

/** Repeats nothing of the request, and lets nobody see the URL, which holds the code. */
function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    "content-type": "text/plain; charset=utf-8",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    connection: "close",
  });
  response.end(`${text}\n`);
}
