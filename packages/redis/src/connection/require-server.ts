import { ConfigurationError } from "@countersign/core/wire";
import type { RedisClient, RedisNode } from "./client.ts";
import { createConnection } from "./connection.ts";
import { toScript } from "./script.ts";

// INFO and not CONFIG, which managed servers keep to themselves.
const inspect = toScript(`
local info = redis.call("INFO")
return { string.match(info, "redis_version:(%d+)"), string.match(info, "maxmemory_policy:([%w-]+)") }
`);

/**
 * Asks every server on which keys may come to lie.
 *
 * @throws ConfigurationError when one of them is too old, or would forget keys to make room
 */
export async function requireServer(client: RedisClient): Promise<void> {
  for (const node of await nodesOf(client)) {
    const answer = await createConnection(node).run(inspect, []);
    const [version, policy] = answer as readonly (string | undefined)[];
    if (!(Number(version) >= 7)) {
      throw new ConfigurationError("Redis 7, Valkey 7.2, or a later version is needed.");
    }
    if (policy !== "noeviction") {
      throw new ConfigurationError(
        `Redis has the maxmemory-policy "${policy}": short of memory, it would forget used proofs and ` +
          'revoked tokens, and they would be good again. Set "maxmemory-policy noeviction" in redis.conf ' +
          "(or your provider's parameters), or use a Redis of its own for this.",
      );
    }
  }
}

/** As far as a client of node-redis for a cluster tells. */
interface Cluster {
  readonly masters: readonly unknown[];
  nodeClient(node: unknown): Promise<RedisNode>;
}

async function nodesOf(client: RedisClient): Promise<readonly RedisNode[]> {
  if (!isCluster(client)) return [client];
  return Promise.all(client.masters.map((master) => client.nodeClient(master)));
}

function isCluster(client: object): client is Cluster {
  return "masters" in client && "nodeClient" in client;
}
