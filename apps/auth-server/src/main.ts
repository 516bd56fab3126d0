import { createServer, type RequestListener } from "node:http";
import { createIdentity, createUsers, readSettings, run, serve } from "orders";
import { toNodeHandler } from "srvx/node";

await run(async () => {
  const settings = await readSettings(process.env, 4000);
  const identity = createIdentity(settings, await createUsers(settings));
  serve("auth-server", createServer(toNodeHandler(identity.fetch) as RequestListener), settings);
});
