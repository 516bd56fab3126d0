import { createServer, type RequestListener } from "node:http";
import {
  getPrincipal as getFetchPrincipal,
  protect as protectFetch,
  readSocket,
} from "@countersign/core/web";
import * as forExpress from "@countersign/express";
import * as forFastify from "@countersign/fastify";
import * as forHono from "@countersign/hono";
import { getRequestListener } from "@hono/node-server";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import type { ServerRequest } from "srvx";
import { toNodeHandler } from "srvx/node";
import { type Listening, serve } from "../issuer/listen.ts";
import type { ContractRoute } from "./kit.ts";

/** So much that what a token may be long is the guard's decision, and not Node's. */
const http = { maxHeaderSize: 4 * 1024 * 1024 };

/** Each puts up routes, behind their guards, in its framework's own way. */
export const servers: Readonly<
  Record<string, (routes: readonly ContractRoute[]) => Promise<Listening>>
> = {
  express: (routes) => {
    const app = express().disable("x-powered-by").disable("etag");
    for (const { method, path, guard, requirement, answer } of routes) {
      const verb = method.toLowerCase() as "get";
      app[verb](
        path,
        forExpress.protect(guard, requirement),
        express.json(),
        async (request, response) => {
          const principal = () => forExpress.getPrincipal(guard, request);
          const { status, json } = await answer({ principal, json: () => request.body });
          response.status(status).json(json);
        },
      );
    }
    return serve(createServer(http, app.use(forExpress.answerRefusals)));
  },
  hono: (routes) => {
    const app = new Hono();
    for (const { method, path, guard, requirement, answer } of routes) {
      app.on(method, path, forHono.protect(guard, requirement), async (context) => {
        const principal = () => forHono.getPrincipal(guard, context);
        const { status, json } = await answer({ principal, json: () => context.req.json() });
        return status === 204 ? context.body(null, status) : context.json(json, status as 200);
      });
    }
    return serve(createServer(http, getRequestListener(app.fetch)));
  },
  fastify: async (routes) => {
    const app = fastify({ return503OnClosing: false, http });
    app.setErrorHandler(forFastify.answerRefusals);
    for (const { method, path, guard, requirement, answer } of routes) {
      const onRequest = forFastify.protect(guard, requirement);
      app.route({
        ...{ method, url: path, onRequest },
        handler: async (request, reply) => {
          const principal = () => forFastify.getPrincipal(guard, request);
          const { status, json } = await answer({ principal, json: () => request.body });
          return reply.code(status).send(status === 204 ? undefined : json);
        },
      });
    }
    await app.ready();
    return serve(app.server);
  },
  "core/web": (routes) => {
    const handlers = routes.map(({ method, path, guard, requirement, answer }) => ({
      method,
      pattern: new RegExp(`^${path.replace(/:\w+/g, "[^/]+")}$`),
      handle: protectFetch(
        guard,
        async (request) => {
          const principal = () => getFetchPrincipal(guard, request);
          const { status, json } = await answer({ principal, json: () => request.json() });
          return status === 204 ? new Response(null, { status }) : Response.json(json, { status });
        },
        requirement,
        { connection: (request: ServerRequest) => readSocket(request.runtime?.node?.req.socket) },
      ),
    }));
    const answerAny = async (request: Request) => {
      const method = request.method === "HEAD" ? "GET" : request.method;
      const { pathname } = new URL(request.url);
      const route = handlers.find((each) => each.method === method && each.pattern.test(pathname));
      return route ? route.handle(request) : new Response(null, { status: 404 });
    };
    return serve(createServer(http, toNodeHandler(answerAny) as RequestListener));
  },
};
