import { getPrincipal, protect } from "@countersign/hono";
import { getRequestListener } from "@hono/node-server";
import { type Context, Hono, type MiddlewareHandler } from "hono";
import { jwk } from "hono/jwk";
import { guards } from "./guards.ts";
import type { App } from "./settings.ts";

/** Hono on Node: bare, with ours, and with its own middleware. */
export const honoApps: Readonly<Record<string, App>> = {
  "hono: bare": () => serving(undefined, () => "ada"),
  "hono: a middleware": () =>
    serving(
      (_context, next) => next(),
      () => "ada",
    ),
  "hono: countersign, jwt": (settings) => {
    const guard = guards.jwt(settings);
    return serving(protect(guard), (context) => getPrincipal(guard, context).subject);
  },
  "hono: jwk": ({ jwksUri, issuer: iss, audience: aud }) => {
    const check = jwk({ jwks_uri: jwksUri, alg: ["RS256"], verification: { iss, aud } });
    return serving(check, (context) => context.get("jwtPayload").sub);
  },
};

function serving(
  check: MiddlewareHandler | undefined,
  whoIs: (context: Context) => string | undefined,
) {
  const app = new Hono();
  if (check) app.use(check);
  app.get("/orders", (context) => context.json({ subject: whoIs(context) }));
  return getRequestListener(app.fetch);
}
