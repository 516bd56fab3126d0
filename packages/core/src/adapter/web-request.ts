import type { Answer } from "../guard/answer.ts";
import type { Policy } from "../guard/guard.ts";
import { type AuthRequest, publicUrlOf } from "../guard/request.ts";

/** Views a Fetch `Request`; its own URL is only as good as the Host field, so its origin is not used. */
export function viewWebRequest(request: Request, policy: Policy): AuthRequest {
  return {
    method: request.method,
    get url() {
      const { pathname, search } = new URL(request.url);
      return publicUrlOf(pathname + search, policy.publicUrl);
    },
    header: (name) => request.headers.get(name) ?? undefined,
  };
}

/** The answer as a Fetch `Response`. */
export function toResponse({ status, headers, body }: Answer): Response {
  return new Response(body, { status, headers });
}
