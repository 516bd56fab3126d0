import { viewWebRequest } from "../adapter/web-request.ts";
import { createGuard } from "./create-guard.ts";
import type { AuthRequest } from "./request.ts";

const nothing = {
  name: "none",
  takes: [],
  find: () => undefined,
  challenges: () => [],
  describe: () => [],
};
const { policy } = createGuard({ schemes: [nothing] });

/** A request as an adapter views it. `headers` may name a field twice, as `[name, value]` pairs. */
export function requestOf(
  headers: Record<string, string> | [string, string][] = {},
  path = "/orders",
  method = "GET",
): AuthRequest {
  const request = new Request(`https://api.example.com${path}`, { headers, method });
  return viewWebRequest(request, policy, { secure: true });
}

/** A request with just this Authorization field, be it one that `Headers` would refuse. */
export function withAuthorization(field: string | undefined): AuthRequest {
  return alter(requestOf(), {
    header: (name) => (name === "authorization" ? field : undefined),
  });
}

/** The same request, but for what is changed of it. */
export function alter(request: AuthRequest, changes: Partial<AuthRequest>): AuthRequest {
  const { method, url, address, secure, certificate } = request;
  return {
    ...{ method, url, address, secure, certificate },
    header: (name) => request.header(name),
    body: (limit) => request.body(limit),
    ...changes,
  };
}
