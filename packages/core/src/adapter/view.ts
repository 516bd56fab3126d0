import type { Policy } from "../guard/guard.ts";
import { type AuthRequest, publicUrlOf } from "../guard/request.ts";
import type { Peer } from "../guard/trusted-proxies.ts";
import type { MaybePromise } from "../wire/maybe-promise.ts";
import { type Body, readOnce } from "./body.ts";
import type { Connection } from "./connection.ts";

/** What differs between requests of different runtimes. */
export interface RequestParts {
  readonly method: string;
  /** Path and query, as they were asked for. */
  path(): string;
  header(name: string): string | undefined;
  /** Reads the body; asked for once, or again with a higher limit. */
  readBody(limit: number): MaybePromise<Body>;
  readonly connection: Connection;
}

/** The guard's view of a request: what its parts mean under a policy. Nothing is read before it is asked for. */
export function viewRequest(request: object, parts: RequestParts, policy: Policy): AuthRequest {
  const { method, connection, header } = parts;
  let known: { readonly peer: Peer; readonly caller: Peer } | undefined;
  const parties = () => {
    if (known === undefined) {
      const peer = { address: connection.address, secure: connection.secure === true };
      known = { peer, caller: policy.trustedProxies?.(peer, header) ?? peer };
    }
    return known;
  };
  return {
    method,
    header,
    get url() {
      const base = policy.publicUrl ?? policy.byHost?.(header("host") ?? "");
      return publicUrlOf(parts.path(), base);
    },
    body: (limit) => readOnce(request, limit, () => parts.readBody(limit)),
    get address() {
      return parties().caller.address;
    },
    get secure() {
      return parties().caller.secure;
    },
    get certificate() {
      const { peer, caller } = parties();
      // A proxy's own certificate says nothing of whom it speaks for.
      return caller === peer ? connection.certificate : undefined;
    },
  };
}
