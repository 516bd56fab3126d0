import { createOrdersApi, readSettings, run, serve } from "orders";
import { createApp } from "./app.ts";

await run(async () => {
  const settings = await readSettings(process.env, 4003);
  const api = await createOrdersApi(settings);
  const app = createApp(api);
  await app.ready();
  serve("fastify-api", app.server, settings, api.close);
});
