import { getPrincipal, protect } from "@countersign/hono";
import { getConnInfo } from "@hono/node-server/conninfo";
import { Hono } from "hono";
import { mayDelete, mayRead, mayWrite, type OrdersApi, problem, whoami } from "orders";

/** The orders API on Hono. */
export function createApp({ guard, orders, identity, documents }: OrdersApi): Hono {
  const app = new Hono();
  const { only } = guard;

  for (const path of identity?.paths ?? []) {
    app.all(path, (context) => {
      const { address } = getConnInfo(context).remote;
      return identity?.fetch(context.req.raw, address) ?? context.notFound();
    });
  }
  for (const [path, document] of Object.entries(documents)) {
    app.get(path, (context) => context.json(document));
  }

  app.get("/data", protect(only("api-key")), (context) =>
    context.json({ message: `Data for ${getPrincipal(guard, context).subject}` }),
  );
  app.get("/protected", protect(only("basic", "jwt", "oauth1")), (context) =>
    context.json({ message: `Hello ${getPrincipal(guard, context).subject}` }),
  );
  app.get("/private", protect(only("jwt")), (context) =>
    context.json({
      message: "For tokens alone",
      issuer: getPrincipal(only("jwt"), context).issuer,
    }),
  );
  app.get("/whoami", protect(guard), (context) =>
    context.json(whoami(getPrincipal(guard, context))),
  );

  app.get("/orders", protect(guard, mayRead), (context) => context.json([...orders.list()]));
  app.post("/orders", protect(guard, mayWrite), async (context) => {
    const order = orders.create(await context.req.json().catch(() => undefined));
    return order ? context.json(order, 201) : problem(400, "Send JSON: { item, quantity }");
  });
  app.delete("/orders/:id", protect(guard, mayDelete), (context) =>
    context.body(null, orders.remove(context.req.param("id")) ? 204 : 404),
  );
  return app;
}
