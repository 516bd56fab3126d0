import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A way to a server that can break without anybody noticing. */
export interface Proxy {
  readonly port: number;
  /** Passes nothing on any more, in either direction, on the connections that there are; new ones work. */
  silence(): void;
  close(): Promise<void>;
}

export async function startProxy(port: number): Promise<Proxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  const server = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    const pair = [near, far] as const;
    pairs.add(pair);
    for (const [from, to] of [pair, [far, near] as const]) {
      from.pipe(to);
      from.on("error", () => {});
      from.on("close", () => to.destroy());
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    silence() {
      for (const socket of [...pairs].flat()) socket.unpipe().pause();
      pairs.clear();
    },
    async close() {
      for (const socket of [...pairs].flat()) socket.destroy();
      server.close();
    },
  };
}
