import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { createOrdersApi, readSettings, run, serve } from "orders";
import { createApp } from "./app.ts";

await run(async () => {
  const settings = await readSettings(process.env, 4002);
  const app = createApp(await createOrdersApi(settings));
  serve("hono-api", createServer(getRequestListener(app.fetch)), settings);
});
