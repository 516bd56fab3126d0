import {
  type Connection,
  type NodeRequest,
  type NodeSocket,
  readField,
  readSocket,
} from "@countersign/core/adapter";
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

/** Where a request of `@hono/node-server` keeps what it was made of, and its `Headers` once it has any. */
interface Keys {
  readonly incoming: symbol;
  readonly headers: symbol;
}

type Fields = Readonly<Record<symbol, unknown>>;

/** They have no public names: found out from the first request, by asking it for its `Headers`. */
let keys: Keys | undefined;

/**
 * A way to read fields on `@hono/node-server` without `Headers`, which it makes of all of them when it is
 * asked for one. Only for a request that is as it came: once there are `Headers`, a middleware may have
 * changed them, and one that put a request of its own in its place meant that.
 */
export function fieldsOf({
  env,
  req,
}: Context): ((name: string) => string | undefined) | undefined {
  const incoming: NodeRequest | undefined = env?.incoming;
  if (incoming?.rawHeaders === undefined) return undefined;
  keys ??= findKeys(req.raw, incoming);
  if (keys === undefined) return undefined;
  const fields = req.raw as unknown as Fields;
  const isAsItCame = fields[keys.incoming] === incoming && fields[keys.headers] === undefined;
  return isAsItCame ? (name) => readField(incoming.rawHeaders, name) : undefined;
}

function findKeys(raw: Request, incoming: NodeRequest): Keys | undefined {
  const { headers } = raw;
  const fields = raw as unknown as Fields;
  const find = (value: unknown) =>
    Object.getOwnPropertySymbols(raw).find((symbol) => fields[symbol] === value);
  const [ofIncoming, ofHeaders] = [find(incoming), find(headers)];
  return ofIncoming && ofHeaders && { incoming: ofIncoming, headers: ofHeaders };
}
