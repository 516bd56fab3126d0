import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
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
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listen } from "../issuer/listen.ts";
import { guardedHeaders } from "./case.ts";
import { contractCases } from "./cases.ts";
import { exchange, type RawAnswer } from "./exchange.ts";
import { type ContractKit, type ContractRoute, createContractKit } from "./kit.ts";

interface Running {
  readonly url: string;
  close(): Promise<void>;
}

/** Each puts up the contract's routes in its framework's own way. */
const adapters: Record<string, (routes: readonly ContractRoute[]) => Promise<Running>> = {
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
    return serve(createServer(app.use(forExpress.answerRefusals)));
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
    return serve(createServer(getRequestListener(app.fetch)));
  },
  fastify: async (routes) => {
    const app = fastify({ return503OnClosing: false });
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
      pattern: new URLPattern({ pathname: path }),
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
    return listen(async (request) => {
      const method = request.method === "HEAD" ? "GET" : request.method;
      const route = handlers.find(
        (each) => each.method === method && each.pattern.test(request.url),
      );
      return route ? route.handle(request) : new Response(null, { status: 404 });
    });
  },
};

/** All header fields but those by which servers frame a message and keep a connection. */
function headersOf({ headers }: RawAnswer): Record<string, string> {
  const framing = ["date", "connection", "keep-alive", "content-length", "transfer-encoding"];
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !framing.includes(name)));
}

async function serve(server: Server): Promise<Running> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

describe.each(Object.entries(adapters))("the contract on %s", (_name, start) => {
  let kit: ContractKit;
  let server: Running;
  beforeAll(async () => {
    kit = await createContractKit();
    server = await start(kit.routes);
  });
  afterAll(async () => {
    await server.close();
    await kit.close();
  });

  it.each(contractCases.map((each) => [each.name, each] as const))(
    "%s",
    async (_case, { request, answer }) => {
      const got = await exchange(server.url, await request(kit));

      const headers = Object.fromEntries(
        guardedHeaders.flatMap((name) => (name in got.headers ? [[name, got.headers[name]]] : [])),
      );
      const expected = Object.fromEntries(
        Object.entries(answer.headers).map(([name, value]) => [
          name,
          value instanceof RegExp ? expect.stringMatching(value) : value,
        ]),
      );
      expect({ status: got.status, headers, body: got.body }).toEqual({
        ...answer,
        headers: expected,
      });
      if (got.status >= 400) {
        expect(headersOf(got)).toEqual({
          ...expected,
          "content-type": "application/problem+json",
        });
      }
    },
  );
});
