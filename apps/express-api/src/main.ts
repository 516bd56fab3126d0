import { createServer } from "node:http";
import { createOrdersApi, readSettings, run, serve } from "orders";
import { createApp } from "./app.ts";

await run(async () => {
  const settings = await readSettings(process.env, 4001);
  const api = await createOrdersApi(settings);
  serve("express-api", createServer(createApp(api)), settings, api.close);
});
