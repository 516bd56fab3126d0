import { getPrincipal, protect } from "@countersign/fastify";
import fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from "fastify";
import { mayDelete, mayRead, mayWrite, type OrdersApi, whoami } from "orders";
import type { ServerRequest } from "srvx";
import { toNodeHandler } from "srvx/node";

/** The orders API on Fastify. */
export function createApp({ guard, orders, identity, documents }: OrdersApi): FastifyInstance {
  const app = fastify();
  const { only } = guard;

  if (identity) app.register(serveIdentity, identity);
  for (const [path, document] of Object.entries(documents)) {
    app.get(path, () => document);
  }

  app.get("/data", { onRequest: protect(only("api-key")) }, (request) => ({
    message: `Data for ${getPrincipal(guard, request).subject}`,
  }));
  app.get("/protected", { onRequest: protect(only("basic", "jwt", "oauth1")) }, (request) => ({
    message: `Hello ${getPrincipal(guard, request).subject}`,
  }));
  app.get("/private", { onRequest: protect(only("jwt")) }, (request) => ({
    message: "For tokens alone",
    issuer: getPrincipal(only("jwt"), request).issuer,
  }));
  app.get("/whoami", { onRequest: protect(guard) }, (request) =>
    whoami(getPrincipal(guard, request)),
  );

  app.get("/orders", { onRequest: protect(guard, mayRead) }, () => orders.list());
  app.post("/orders", { onRequest: protect(guard, mayWrite) }, (request, reply) => {
    const order = orders.create(request.body);
    if (order) return reply.code(201).send(order);
    return reply.code(400).send({ status: 400, detail: "Send JSON: { item, quantity }" });
  });
  app.delete<{ Params: { id: string } }>(
    "/orders/:id",
    { onRequest: protect(guard, mayDelete) },
    (request, reply) => reply.code(orders.remove(request.params.id) ? 204 : 404).send(),
  );

  return app.setErrorHandler(answerError);
}

/** The embedded issuer reads bodies itself, so that Fastify's parsers stay away from its routes. */
async function serveIdentity(
  app: FastifyInstance,
  { paths, fetch }: NonNullable<OrdersApi["identity"]>,
): Promise<void> {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, _payload, done) => done(null));
  const answer = toNodeHandler((request: ServerRequest) => fetch(request, request.ip));
  for (const path of paths) {
    app.all(path, (request, reply) => {
      reply.hijack();
      return answer(request.raw as never, reply.raw as never);
    });
  }
}

/** What a caller got wrong is said; what we did is logged, and not told. */
function answerError(error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  const { statusCode = 500 } = error;
  const isCallers = statusCode >= 400 && statusCode < 500;
  if (!isCallers) console.error(error);
  const status = isCallers ? statusCode : 500;
  reply.code(status).send({ status, detail: isCallers ? error.message : "Something broke" });
}
