import { createServer, type Server } from "node:http";
import type { Guard, Principal } from "@countersign/core";
import { getPrincipal as getFetchPrincipal, protect as protectFetch } from "@countersign/core/web";
import * as forExpress from "@countersign/express";
import * as forFastify from "@countersign/fastify";
import * as forHono from "@countersign/hono";
import { getRequestListener } from "@hono/node-server";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import { toNodeHandler } from "srvx/node";
import { type Listening, serve } from "../issuer/listen.ts";

/** Who called, and the body that the application gets after the guard has looked at it. */
interface Echo {
  readonly subject: string | undefined;
  readonly body: string;
}

/** Serves, behind a guard, an {@link Echo} at every path, each in its framework's own way. */
export const peers: Readonly<Record<string, (guard: Guard<Principal>) => Promise<Server>>> = {
  async express(guard) {
    const app = express().use(forExpress.protect(guard), express.text({ type: () => true }));
    app.use((request, response) => {
      const { subject } = forExpress.getPrincipal(guard, request);
      const body = typeof request.body === "string" ? request.body : "";
      response.json({ subject, body } satisfies Echo);
    });
    return createServer(app);
  },
  async hono(guard) {
    const app = new Hono().use(forHono.protect(guard));
    app.all("*", async (context) => {
      const { subject } = forHono.getPrincipal(guard, context);
      return context.json({ subject, body: await context.req.text() } satisfies Echo);
    });
    return createServer(getRequestListener(app.fetch));
  },
  async fastify(guard) {
    const app = fastify();
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) =>
      done(null, body),
    );
    app.addHook("onRequest", forFastify.protect(guard));
    app.all("*", async (request): Promise<Echo> => {
      const { subject } = forFastify.getPrincipal(guard, request);
      return { subject, body: typeof request.body === "string" ? request.body : "" };
    });
    await app.ready();
    return app.server;
  },
  async "core/web"(guard) {
    const handle = protectFetch(guard, async (request: Request) => {
      const { subject } = getFetchPrincipal(guard, request);
      return Response.json({ subject, body: await request.text() } satisfies Echo);
    });
    return createServer(toNodeHandler(handle) as never);
  },
};

/** Starts a peer on loopback; the guard is made when its URL is known. */
export async function startPeer(
  start: (guard: Guard<Principal>) => Promise<Server>,
  toGuard: (publicUrl: string) => Guard<Principal>,
): Promise<Listening> {
  const front = createServer();
  const listening = await serve(front);
  const peer = await start(toGuard(listening.url));
  front.on("request", (request, response) => peer.emit("request", request, response));
  return listening;
}
