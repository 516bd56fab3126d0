import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { createIssuer } from "@countersign/issuer";
import { toNodeHandler } from "srvx/node";

/** What happens around a refresh, as the server sees it. */
export interface RefreshHooks {
  /** It has come, and nothing has been done. */
  readonly arrived?: (pid: number) => Promise<void>;
  /** The refresh token has been rotated, and nobody knows yet. */
  readonly rotated?: (pid: number) => Promise<void>;
  /** The answer is on its way. */
  readonly answered?: (pid: number) => void;
}

/** An issuer on loopback that detects the reuse of refresh tokens, and what it has seen. */
export async function serveIssuer(replayWindow: number) {
  const events: string[] = [];
  const seen = { refreshes: 0, refusals: 0, atOnce: 0 };
  const running = new Set<number>();
  let hooks: RefreshHooks = {};
  let handle = async (_: Request) => new Response(null, { status: 503 });
  const server = createServer(toNodeHandler((request) => handle(request)) as RequestListener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const issuer = createIssuer({
    url,
    audience: "https://api.example.com",
    clients: [{ id: "app" }],
    accessTokenLifetime: 3600,
    replayWindow,
    onEvent: ({ type }) => events.push(type),
  });

  handle = async (request) => {
    if (!request.url.endsWith("/token")) return issuer.fetch(request);
    const pid = Number(request.headers.get("x-refresher"));
    running.add(pid);
    seen.refreshes++;
    seen.atOnce = Math.max(seen.atOnce, running.size);
    await hooks.arrived?.(pid);
    const response = await issuer.fetch(request);
    // What a dead one had begun to say cannot be read to its end.
    if (response.status !== 200 && running.has(pid)) seen.refusals++;
    await hooks.rotated?.(pid);
    running.delete(pid);
    hooks.answered?.(pid);
    return response;
  };

  const login = { subject: "ada", clientId: "app", scope: "orders:read", refreshable: true };
  return {
    url,
    events,
    seen,
    refreshToken: (await issuer.issue(login)).refresh_token ?? "",
    /** From now on. A process that dies has no request under way any more. */
    hook(next: RefreshHooks) {
      hooks = next;
    },
    forget: (pid: number) => running.delete(pid),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
