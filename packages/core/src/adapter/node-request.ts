import type { Policy } from "../guard/guard.ts";
import type { AuthRequest } from "../guard/request.ts";
import type { MaybePromise } from "../wire/maybe-promise.ts";
import type { Body } from "./body.ts";
import { type Connection, type NodeSocket, readSocket } from "./connection.ts";
import { type NodeStream, type ParsedBody, readNodeBody } from "./node-body.ts";
import { type RequestParts, viewRequest } from "./view.ts";

/** What is read of Node's `IncomingMessage`. */
export interface NodeRequest extends NodeStream {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  /** Names and values in turn, as they came: `headers` silently drops a second Authorization line. */
  readonly rawHeaders: readonly string[];
  readonly socket?: NodeSocket | undefined;
}

/** What is read of the object that a framework made of it; Express uses the same one. */
export interface FrameworkRequest extends ParsedBody {
  /** Before a router cut it. */
  readonly originalUrl?: string | undefined;
}

/** Views a Node request. */
export function viewNodeRequest(
  request: NodeRequest,
  policy: Policy,
  framework: FrameworkRequest = request as FrameworkRequest,
): AuthRequest {
  return viewRequest(new NodeParts(request, framework), policy);
}

class NodeParts implements RequestParts {
  readonly request: NodeRequest;
  readonly #framework: FrameworkRequest;

  constructor(request: NodeRequest, framework: FrameworkRequest) {
    this.request = request;
    this.#framework = framework;
  }

  get method(): string {
    return this.request.method ?? "GET";
  }

  get connection(): Connection {
    return readSocket(this.request.socket);
  }

  path(): string {
    return toPath(this.#framework.originalUrl ?? this.request.url ?? "/");
  }

  header(name: string): string | undefined {
    return readField(this.request.rawHeaders, name);
  }

  readBody(limit: number): MaybePromise<Body> {
    return readNodeBody(this.request, limit, this.#framework);
  }
}

/** The value of a field, its lines joined: `undefined` when there is none. */
export function readField(raw: readonly string[], name: string): string | undefined {
  let value: string | undefined;
  for (let at = 0; at < raw.length; at += 2) {
    if (raw[at]?.length !== name.length || raw[at]?.toLowerCase() !== name) continue;
    value = value === undefined ? raw[at + 1] : `${value}, ${raw[at + 1]}`;
  }
  return value;
}

/** Path and query of a request target: an absolute one names an origin too (RFC 9112 §3.2.2). */
function toPath(target: string): string {
  const [path = ""] = target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, "").split("#");
  return path.startsWith("/") ? path : `/${path}`;
}
