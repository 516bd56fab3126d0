/** One application in a process of its own: `app.ts NAME`, its settings by message. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expressApps } from "./express-apps.ts";
import { fastifyApps } from "./fastify-apps.ts";
import { honoApps } from "./hono-apps.ts";
import type { Settings } from "./settings.ts";

const toApp = { ...expressApps, ...honoApps, ...fastifyApps }[process.argv[2] ?? ""];
if (toApp === undefined) throw new Error(`There is no application ${process.argv[2]}.`);

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  process.once("message", async (settings: Omit<Settings, "publicUrl">) => {
    const publicUrl = `http://127.0.0.1:${port}`;
    server.on("request", await toApp({ ...settings, publicUrl }));
    process.send?.({ publicUrl });
  });
});
process.once("disconnect", () => process.exit());
