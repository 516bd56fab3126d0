import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getPrincipal as getFetchPrincipal, protect as protectFetch } from "@countersign/core/web";
import * as forExpress from "@countersign/express";
import * as forHono from "@countersign/hono";
import { getRequestListener } from "@hono/node-server";
import express from "express";
import { Hono } from "hono";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listen } from "../issuer/listen.ts";
import { contractCases, guardedHeaders } from "./cases.ts";
import { exchange, type RawAnswer } from "./exchange.ts";
import {
  type ContractKit,
  type ContractRoute,
  createContractKit,
  describePrincipal,
} from "./kit.ts";

interface Running {
  readonly url: string;
  close(): Promise<void>;
}

/** Each puts up the contract's routes in its framework's own way. */
const adapters: Record<string, (routes: readonly ContractRoute[]) => Promise<Running>> = {
  express: (routes) => {
    const app = express().disable("x-powered-by").disable("etag");
    for (const { path, guard, requirement } of routes) {
      app.get(path, forExpress.protect(guard, requirement), (request, response) => {
        response.json(describePrincipal(forExpress.getPrincipal(guard, request)));
      });
    }
    return serve(createServer(app));
  },
  hono: (routes) => {
    const app = new Hono();
    for (const { path, guard, requirement } of routes) {
      app.get(path, forHono.protect(guard, requirement), (context) =>
        context.json(describePrincipal(forHono.getPrincipal(guard, context))),
      );
    }
    return serve(createServer(getRequestListener(app.fetch)));
  },
  "core/web": (routes) => {
    const handlers = routes.map(({ path, guard, requirement }) => ({
      pattern: new URLPattern({ pathname: path }),
      handle: protectFetch(
        guard,
        (request) => Response.json(describePrincipal(getFetchPrincipal(guard, request))),
        requirement,
      ),
    }));
    return listen(async (request) => {
      const route = handlers.find(({ pattern }) => pattern.test(request.url));
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
      expect({ status: got.status, headers, body: got.body }).toEqual(answer);
      if (got.status !== 200) {
        expect(headersOf(got)).toEqual({
          ...answer.headers,
          "content-type": "application/problem+json",
        });
      }
    },
  );
});
