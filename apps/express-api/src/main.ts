import { createServer } from "node:http";
import { createOrdersApi, readSettings, run, serve } from "orders";
import { createApp } from "./app.ts";

await run(async () => {
  const settings = await readSettings(process.env, 4001);
  serve("express-api", createServer(createApp(await createOrdersApi(settings))), settings);
});
