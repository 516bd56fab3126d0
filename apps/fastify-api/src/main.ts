import { createOrdersApi, readSettings, run, serve } from "orders";
import { createApp } from "./app.ts";

await run(async () => {
  const settings = await readSettings(process.env, 4003);
  const app = createApp(await createOrdersApi(settings));
  await app.ready();
  serve("fastify-api", app.server, settings);
});
