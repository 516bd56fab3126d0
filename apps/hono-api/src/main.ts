import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { createOrdersApi, readSettings, run, serve } from "orders";
import { createApp } from "./app.ts";

await run(async () => {
  const settings = await readSettings(process.env, 4002);
  const api = await createOrdersApi(settings);
  const server = createServer(getRequestListener(createApp(api).fetch));
  serve("hono-api", server, settings, api.close);
});
