import { getPrincipal, protect } from "@countersign/express";
import express, { type ErrorRequestHandler, type Express } from "express";
import { mayDelete, mayRead, mayWrite, type OrdersApi, whoami } from "orders";
import type { ServerRequest } from "srvx";
import { toNodeHandler } from "srvx/node";

/** The orders API on Express. */
export function createApp({ guard, orders, identity, documents }: OrdersApi): Express {
  const app = express().disable("x-powered-by");
  const { only } = guard;

  if (identity) {
    const answer = toNodeHandler((request: ServerRequest) => identity.fetch(request, request.ip));
    app.all([...identity.paths], answer as express.RequestHandler);
  }
  for (const [path, document] of Object.entries(documents)) {
    app.get(path, (_request, response) => void response.json(document));
  }

  app.get("/data", protect(only("api-key")), (request, response) => {
    response.json({ message: `Data for ${getPrincipal(guard, request).subject}` });
  });
  app.get("/protected", protect(only("basic", "jwt", "oauth1")), (request, response) => {
    response.json({ message: `Hello ${getPrincipal(guard, request).subject}` });
  });
  app.get("/private", protect(only("jwt")), (request, response) => {
    response.json({
      message: "For tokens alone",
      issuer: getPrincipal(only("jwt"), request).issuer,
    });
  });
  app.get("/whoami", protect(guard), (request, response) => {
    response.json(whoami(getPrincipal(guard, request)));
  });

  app.get("/orders", protect(guard, mayRead), (_request, response) => {
    response.json(orders.list());
  });
  app.post("/orders", protect(guard, mayWrite), express.json(), (request, response) => {
    const order = orders.create(request.body);
    if (order) response.status(201).json(order);
    else response.status(400).json({ status: 400, detail: "Send JSON: { item, quantity }" });
  });
  app.delete("/orders/:id", protect(guard, mayDelete), (request, response) => {
    response.status(orders.remove(request.params.id) ? 204 : 404).end();
  });

  return app.use(answerError);
}

/** What a caller got wrong is said; what we did is logged, and not told. */
const answerError: ErrorRequestHandler = (error, _request, response, _next) => {
  const isCallers = error.status >= 400 && error.status < 500;
  if (!isCallers) console.error(error);
  const status: number = isCallers ? error.status : 500;
  response.status(status).json({ status, detail: isCallers ? error.message : "Something broke" });
};
