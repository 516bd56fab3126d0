import { getPrincipal, protect } from "@countersign/fastify";
import fastifyJwt from "@fastify/jwt";
import fastify, {
  type FastifyInstance,
  type FastifyRequest,
  type onRequestHookHandler,
} from "fastify";
import jwksRsa from "jwks-rsa";
import { guards } from "./guards.ts";
import type { App } from "./settings.ts";

/** Fastify: bare, with ours, and with its own plugin. */
export const fastifyApps: Readonly<Record<string, App>> = {
  "fastify: bare": () => serving(fastify(), undefined, () => "ada"),
  "fastify: a middleware": () =>
    serving(
      fastify(),
      (_request, _reply, done) => done(),
      () => "ada",
    ),
  "fastify: countersign, jwt": (settings) => {
    const guard = guards.jwt(settings);
    return serving(fastify(), protect(guard), (request) => getPrincipal(guard, request).subject);
  },
  "fastify: @fastify/jwt": async ({ jwksUri, issuer, audience }) => {
    const app = fastify();
    const keys = jwksRsa({ jwksUri, cache: true, rateLimit: true, jwksRequestsPerMinute: 5 });
    await app.register(fastifyJwt, {
      decode: { complete: true },
      secret(_request, token, done) {
        const { kid } = (token as { header: { kid: string } }).header;
        keys.getSigningKey(kid).then(
          (key) => done(null, key.getPublicKey()),
          (error) => done(error, undefined),
        );
      },
      verify: { algorithms: ["RS256"], allowedIss: issuer, allowedAud: audience, cache: true },
    });
    const check: onRequestHookHandler = async (request) => {
      await request.jwtVerify();
    };
    return serving(app, check, (request) => (request.user as { sub?: string }).sub);
  },
};

async function serving(
  app: FastifyInstance,
  check: onRequestHookHandler | undefined,
  whoIs: (request: FastifyRequest) => string | undefined,
) {
  if (check) app.addHook("onRequest", check);
  app.get("/orders", async (request) => ({ subject: whoIs(request) }));
  await app.ready();
  return app.routing as never;
}
