import { createServer, type Server } from "node:http";
import {
  accepted,
  createGuard,
  createPrincipal,
  type Guard,
  type Scheme,
  xForwarded,
} from "@countersign/core";
import {
  type Connection,
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
import { describe, expect, it, onTestFinished } from "vitest";
import { serve } from "../issuer/listen.ts";
import { exchange, type RawRequest } from "./exchange.ts";
import { signBody, signedBody } from "./signed-body.ts";

/** Whatever a guard sees of a request is the subject of its principal. */
const mirror: Scheme = {
  name: "mirror",
  takes: [],
  find({ method, url, address, secure, certificate }) {
    const subject = JSON.stringify({ method, url, address, secure, certificate });
    const principal = createPrincipal({ scheme: "mirror", subject });
    return { location: "all of it", verify: () => accepted(principal, [["x-fresh", "1"]]) };
  },
  challenges: () => [],
  describe: () => [],
};
const trustedProxies = xForwarded("127.0.0.1");
const guard = createGuard({ publicUrl: "http://localhost/api", trustedProxies, schemes: [mirror] });

/** Each guards every request and answers with the subject. */
const adapters: Record<string, () => Promise<Server> | Server> = {
  express: () => {
    const api = express.Router().use(forExpress.protect(guard), (request, response) => {
      response.end(forExpress.getPrincipal(guard, request).subject);
    });
    return createServer(express().use("/cut", api).use(api));
  },
  hono: () => {
    const app = new Hono().use(forHono.protect(guard));
    app.all("*", (context) => context.body(forHono.getPrincipal(guard, context).subject ?? ""));
    return createServer(getRequestListener(app.fetch));
  },
  fastify: async () => {
    const app = fastify({ rewriteUrl: ({ url = "/" }) => url.replace(/^\/cut/, "") });
    app.addHook("onRequest", forFastify.protect(guard));
    app.setNotFoundHandler((request) => forFastify.getPrincipal(guard, request).subject);
    await app.ready();
    return app.server;
  },
  "core/web": () => {
    const connection = (request: ServerRequest) => readSocket(request.runtime?.node?.req.socket);
    const handle = (request: Request) => new Response(getFetchPrincipal(guard, request).subject);
    const guarded = protectFetch(guard, handle, undefined, { connection });
    return createServer(toNodeHandler(guarded) as never);
  },
};

async function listen(server: Server): Promise<string> {
  const { url, close } = await serve(server);
  onTestFinished(close);
  return url;
}

const targets: [target: string, url: string][] = [
  ["/orders?a=1&a=2", "/orders?a=1&a=2"],
  ["/cut/orders", "/cut/orders"],
  ["//evil.test/orders", "//evil.test/orders"],
  ["//evil.test//orders?a=//b", "//evil.test//orders?a=//b"],
  ["http://evil.test/orders?a=1", "/orders?a=1"],
  ["https://evil.test/orders", "/orders"],
  ["/orders?a=%23%2F+%20#fragment?b=2", "/orders?a=%23%2F+%20"],
  ["/a%2Fb/%E2%98%80?next=https://evil.test/", "/a%2Fb/%E2%98%80?next=https://evil.test/"],
];

describe.each(Object.entries(adapters))("a request as %s shows it to the guard", (_name, start) => {
  const mirrored = async (request: RawRequest) => {
    const answer = await exchange(await listen(await start()), request);
    return { ...answer, seen: JSON.parse(answer.body) };
  };

  it.each(targets)("asks for %s", async (path, url) => {
    // Fastify's rewriteUrl and the router of Express cut "/cut"; the fetch handlers see all.
    const { seen } = await mirrored({ path });
    expect(seen).toEqual({
      ...{ method: "GET", url: `http://localhost/api${url}` },
      ...{ address: "203.0.113.7", secure: true },
    });
  });

  it("comes straight from its caller", async () => {
    const { seen } = await mirrored({ path: "https://localhost/", method: "PUT", direct: true });
    expect(seen).toEqual({
      ...{ method: "PUT", url: "http://localhost/api/", address: "127.0.0.1", secure: false },
    });
  });

  it("is answered with the fields of its verdict", async () => {
    expect((await mirrored({ path: "/orders" })).headers["x-fresh"]).toBe("1");
  });
});

describe("a body that was parsed before the guard", () => {
  const bodies = createGuard({ schemes: [signedBody(1000)] });
  const body = '{"item":"a brass lantern"}';
  const request = (sent = body): RawRequest => ({
    ...{ method: "POST", path: "/body", body: sent },
    headers: [["content-type", "application/json"], signBody(body)],
  });
  const handlers = (...before: express.RequestHandler[]) => {
    const app = express().post("/body", ...before, forExpress.protect(bodies), (_, response) => {
      response.end("let in");
    });
    const tell: express.ErrorRequestHandler = (error, _request, response, _next) => {
      response.status(500).end(error.message);
    };
    return createServer(app.use(tell));
  };
  const keepRaw = (incoming: object, _response: unknown, bytes: Buffer) => {
    Object.assign(incoming, { rawBody: bytes });
  };

  it.each([
    ["raw", () => handlers(express.raw({ type: () => true }))],
    ["text", () => handlers(express.text({ type: () => true }))],
    ["JSON, with its bytes kept", () => handlers(express.json({ verify: keepRaw }))],
    ["and by another guard", () => handlers(forExpress.protect(bodies), express.json())],
  ])("is checked when Express parsed it: %s", async (_how, start) => {
    const url = await listen(start());
    expect(await exchange(url, request())).toMatchObject({ status: 200, body: "let in" });
    expect(await exchange(url, request(body.replace("brass", "glass")))).toMatchObject({
      status: 401,
    });
  });

  it("cannot be when its bytes are gone, and the message says what to do", async () => {
    const url = await listen(handlers(express.json()));
    const answer = await exchange(url, request());
    expect(answer.status).toBe(500);
    expect(answer.body).toContain("Put protect(guard) before the body parser");
  });

  it("is checked when Fastify left text, and cannot be when it left an object", async () => {
    const app = fastify();
    app.post("/body", { preHandler: forFastify.protect(bodies) }, () => "let in");
    expect(await inject(app)).toMatchObject({ statusCode: 500 });
    const raw = fastify();
    raw.addContentTypeParser("application/json", { parseAs: "string" }, (_, text, done) =>
      done(null, text),
    );
    raw.post("/body", { preHandler: forFastify.protect(bodies) }, () => "let in");
    expect(await inject(raw)).toMatchObject({ statusCode: 200, body: "let in" });
  });

  it("is there for Fastify's own parser after the guard, by inject too", async () => {
    const app = fastify();
    app.post("/body", { onRequest: forFastify.protect(bodies) }, (incoming) => incoming.body);
    const answer = await inject(app);
    expect(answer).toMatchObject({ statusCode: 200, body });
    expect(await inject(app, body.replace("brass", "glass"))).toMatchObject({ statusCode: 401 });
  });

  const inject = (app: ReturnType<typeof fastify>, payload = body) =>
    app.inject({
      ...{ method: "POST", url: "/body", payload },
      headers: Object.fromEntries(request().headers ?? []),
    });

  it("cannot be when a Hono handler has read it", async () => {
    const app = new Hono();
    app.use(async (context, next) => {
      await context.req.json();
      await next();
    });
    app.post("/body", forHono.protect(bodies), (context) => context.text("let in"));
    app.onError((error, context) => context.text(error.message, 500));
    const url = await listen(createServer(getRequestListener(app.fetch)));
    const answer = await exchange(url, request());
    expect(answer.status).toBe(500);
    expect(answer.body).toContain("Put protect(guard) before whatever reads the body");
  });
});

describe("Hono on other runtimes", () => {
  const https = createGuard({ publicUrl: "https://api.test", schemes: [mirror] });
  const seenBy = async (
    url: string,
    { env = {}, cf }: { env?: object; cf?: object } = {},
    options?: forHono.ProtectOptions,
  ) => {
    const app = new Hono();
    app.get("*", forHono.protect(https as Guard, undefined, options), (context) =>
      context.body(forHono.getPrincipal(https, context).subject ?? ""),
    );
    const request = new Request(url, { headers: { "cf-connecting-ip": "203.0.113.7" } });
    const response = await app.fetch(cf ? Object.assign(request, { cf }) : request, env);
    return response.status === 200 ? response.json() : response.status;
  };
  const connection = (): Connection => ({ secure: true, address: "2001:db8::7" });

  it("takes the edge's word on Cloudflare Workers", async () => {
    const seen = { address: "203.0.113.7", secure: true };
    expect(await seenBy("https://api.test/", { cf: {} })).toMatchObject(seen);
    expect(await seenBy("http://api.test/", { cf: {} })).toBe(403);
  });

  it("believes no URL where nothing is known of the connection", async () => {
    expect(await seenBy("https://api.test/")).toBe(403);
    expect(await seenBy("https://api.test/", { env: { incoming: { socket: {} } }, cf: {} })).toBe(
      403,
    );
  });

  it("is told by the application", async () => {
    const seen = { address: "2001:db8::7", secure: true };
    expect(await seenBy("http://api.test/", {}, { connection })).toMatchObject(seen);
  });
});
