import { ConfigurationError } from "@countersign/core/wire";
import { createClient } from "redis";

/** Milliseconds in which Redis must be reachable at start. */
const patience = 5000;

/**
 * A connection of our own. It says no at once while Redis is away, notices one that hangs even when
 * nothing is asked of it, and comes back by itself.
 *
 * @throws ConfigurationError when the address cannot be right
 * @throws Error when nobody answers there
 */
export async function openClient(address: string) {
  const { host } = toUrl(address);
  const client = createClient({
    url: address,
    disableOfflineQueue: true,
    pingInterval: 1000,
    socket: {
      connectTimeout: 1000,
      // Without a word in either direction, not even to the ping.
      socketTimeout: 3000,
      reconnectStrategy: (retries) => Math.min(50 * 2 ** retries, 1000) + Math.random() * 100,
    },
  });
  let lastError: unknown;
  // Without a listener the process would end with the connection.
  client.on("error", (error) => {
    lastError = error;
  });
  try {
    await within(patience, client.connect());
  } catch (error) {
    client.destroy();
    throw new Error(`Redis cannot be reached at ${host}.`, { cause: lastError ?? error });
  }
  return {
    client,
    async close() {
      // Answers that do not come are not waited for.
      await within(1000, client.close()).catch(() => {});
      client.destroy();
    },
  };
}

/** Before the client sees it, whose errors show an address whole, its password included. */
function toUrl(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const isRedis = url?.protocol === "redis:" || url?.protocol === "rediss:";
  if (url && isRedis && url.hostname !== "" && /^\/?\d*$/.test(url.pathname)) return url;
  throw new ConfigurationError(
    "The address of Redis must be redis://user:password@host:port/database, or rediss:// for TLS.",
  );
}

function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("Nobody has answered.")), milliseconds);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
