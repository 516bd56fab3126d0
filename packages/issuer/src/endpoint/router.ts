import type { MaybePromise } from "@countersign/core/wire";
import { keySetMaxAge, toKeySet } from "../keys/key-set.ts";
import type { Settings } from "../settings.ts";
import { answerError, answerOnce, answerPublic } from "./answer.ts";
import { serveIntrospect } from "./introspect.ts";
import { toMetadata } from "./metadata.ts";
import { serveRevoke } from "./revoke.ts";
import { serveToken } from "./token.ts";

type Serve = (settings: Settings, request: Request) => Promise<Response>;

interface Route {
  readonly methods: readonly string[];
  serve(request: Request): MaybePromise<Response>;
}

/** The issuer as a fetch handler. Only the path counts: the host before a proxy is another. */
export function createRouter(settings: Settings): (request: Request) => Promise<Response> {
  const routes = toRoutes(settings);
  return async (request) => {
    const route = routes.get(new URL(request.url).pathname);
    if (!route) return fail(404, "not_found", "There is no such endpoint here.");
    if (!route.methods.includes(request.method)) {
      const allow = route.methods.join(", ");
      return fail(405, "method_not_allowed", `This endpoint allows ${allow}.`, { allow });
    }
    try {
      return withoutBodyForHead(request, await route.serve(request));
    } catch (error) {
      return answerError(settings, error);
    }
  };
}

function toRoutes(settings: Settings): ReadonlyMap<string, Route> {
  const { url, endpoints, keys } = settings;
  const path = pathOf(url).replace(/\/$/, "");
  const metadata = toMetadata(settings);
  const discovery = get(() => answerPublic(metadata, keySetMaxAge));
  const post = (serve: Serve): Route => ({
    methods: ["POST"],
    async serve(request) {
      await settings.limits.admit(request);
      return serve(settings, request);
    },
  });
  return new Map([
    // RFC 8414 §3.1 puts its name before the issuer's path.
    [`/.well-known/oauth-authorization-server${path}`, discovery],
    // We are no OpenID provider, but many API frameworks look for an issuer's keys only here, with
    // the name after the path. RFC 8414 §5 foresees the same document at both places.
    [`${path}/.well-known/openid-configuration`, discovery],
    [pathOf(endpoints.jwks), get(async () => answerPublic(await toKeySet(keys), keySetMaxAge))],
    [pathOf(endpoints.token), post(serveToken)],
    [pathOf(endpoints.revoke), post(serveRevoke)],
    [pathOf(endpoints.introspect), post(serveIntrospect)],
  ]);
}

function pathOf(url: string): string {
  return new URL(url).pathname;
}

function get(serve: Route["serve"]): Route {
  return { methods: ["GET", "HEAD"], serve };
}

function withoutBodyForHead({ method }: Request, response: Response): Response {
  return method === "HEAD" ? new Response(null, response) : response;
}

function fail(
  status: number,
  error: string,
  error_description: string,
  headers: Record<string, string> = {},
): Response {
  return answerOnce({ error, error_description }, { status, headers });
}
