import type { Policy } from "../guard/guard.ts";
import { type AuthRequest, publicUrlOf } from "../guard/request.ts";
import type { Peer } from "../guard/trusted-proxies.ts";
import type { MaybePromise } from "../wire/maybe-promise.ts";
import { type Body, readOnce } from "./body.ts";
import type { Connection } from "./connection.ts";

/** What differs between requests of different runtimes. */
export interface RequestParts {
  /** What lives as long as the request: its body is read once for all views of it. */
  readonly request: object;
  readonly method: string;
  readonly connection: Connection;
  /** Path and query, as they were asked for. */
  path(): string;
  header(name: string): string | undefined;
  /** Reads the body; asked for once, or again with a higher limit. */
  readBody(limit: number): MaybePromise<Body>;
}

/**
 * The guard's view of a request: what its parts mean under a policy. Nothing is read before it is asked
 * for.
 */
export function viewRequest(parts: RequestParts, policy: Policy): AuthRequest {
  return new View(parts, policy);
}

/** Who is at the other end of the connection, and for whom. */
interface Parties {
  readonly peer: Peer;
  readonly caller: Peer;
}

/**
 * A class, as all that is made for each request: V8 gives every object literal with accessors a hidden
 * class of its own, and what the accessors close over then lives until the next full collection.
 */
class View implements AuthRequest {
  readonly #parts: RequestParts;
  readonly #policy: Policy;
  #known: Parties | undefined;

  constructor(parts: RequestParts, policy: Policy) {
    this.#parts = parts;
    this.#policy = policy;
  }

  get method(): string {
    return this.#parts.method;
  }

  header(name: string): string | undefined {
    return this.#parts.header(name);
  }

  get url(): string {
    const { publicUrl, byHost } = this.#policy;
    return publicUrlOf(this.#parts.path(), publicUrl ?? byHost?.(this.header("host") ?? ""));
  }

  body(limit: number): MaybePromise<Body> {
    return readOnce(this.#parts.request, limit, () => this.#parts.readBody(limit));
  }

  get address(): string | undefined {
    return this.#parties.caller.address;
  }

  get secure(): boolean {
    return this.#parties.caller.secure;
  }

  get certificate(): string | undefined {
    const { peer, caller } = this.#parties;
    // A proxy's own certificate says nothing of whom it speaks for.
    return caller === peer ? this.#parts.connection.certificate : undefined;
  }

  get #parties(): Parties {
    if (this.#known === undefined) {
      const { address, secure } = this.#parts.connection;
      const peer = { address, secure: secure === true };
      const caller = this.#policy.trustedProxies?.(peer, (name) => this.header(name)) ?? peer;
      this.#known = { peer, caller };
    }
    return this.#known;
  }
}
