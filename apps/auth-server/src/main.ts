import { createServer, type RequestListener } from "node:http";
import { createIdentity, createUsers, openState, readSettings, run, serve } from "orders";
import type { ServerRequest } from "srvx";
import { toNodeHandler } from "srvx/node";

await run(async () => {
  const settings = await readSettings(process.env, 4000, "sqlite:auth-server.db");
  const state = await openState(settings);
  const identity = await createIdentity(settings, await createUsers(settings), state);
  const answer = toNodeHandler((request: ServerRequest) => identity.fetch(request, request.ip));
  serve("auth-server", createServer(answer as RequestListener), settings, state.close);
});
