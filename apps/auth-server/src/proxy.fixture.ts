import { once } from "node:events";
import { createServer, request } from "node:http";

/** A proxy that asks several servers in turn, and says which one answered. */
export async function startProxy(port: string, servers: () => readonly string[]) {
  let turn = 0;
  const proxy = createServer((incoming, answer) => {
    const all = servers();
    const target = all[turn++ % all.length] ?? "";
    const { method, headers, url = "/" } = incoming;
    const outgoing = request(new URL(url, target), { method, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, {
        ...response.headers,
        "x-served-by": target,
      });
      response.pipe(answer);
    });
    outgoing.once("error", () => answer.writeHead(502).end());
    incoming.pipe(outgoing);
  });
  proxy.listen(Number(port), "127.0.0.1");
  await once(proxy, "listening");
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      proxy.close();
      proxy.closeAllConnections();
    },
  };
}
