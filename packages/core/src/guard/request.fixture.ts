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
  return Object.assign(Object.create(requestOf()), {
    header: (name: string) => (name === "authorization" ? field : undefined),
  });
}
