import { createServer } from "node:http";
import { createSecureServer } from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import { Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { Agent, interceptors, MockAgent, request, fetch as undiciFetch } from "undici";
import { expect, test, vi } from "vitest";
import { authority, cert, key } from "../../fixtures/certificate.ts";
import { json, serve } from "../../fixtures/serve.ts";
import { bearer } from "../credential/bearer.ts";
import type { Credential } from "../credential/credential.ts";
import { credential, dispatcherFor, stubborn } from "./authenticate.fixture.ts";
import { type AuthenticateOptions, authenticate } from "./authenticate.ts";

test("an answer of many megabytes comes as slowly as it is read, whole", async () => {
  const bytes = Buffer.alloc(8_000_000, "0123456789");
  const api = await serve((_, response, nth) => {
    response.statusCode = nth === 1 ? 401 : 200;
    response.end(bytes);
  });
  const { body } = await request(api.origin, {
    dispatcher: dispatcherFor(api, { credential: stubborn }),
    highWaterMark: 1000,
  });
  const parts: Buffer[] = [];
  for await (const part of body) {
    parts.push(part);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(Buffer.concat(parts).equals(bytes)).toBe(true);
});

test("while the credential thinks about an answer, its body waits in the network", async () => {
  const size = 60_000_000;
  let sent: Socket | undefined;
  const api = await serve((_, response) => {
    sent = response.socket ?? undefined;
    response.end(Buffer.alloc(size));
  });
  let decide = () => {};
  const decided = new Promise<undefined>((resolve) => {
    decide = () => resolve(undefined);
  });
  const thinking: Credential = { attach: () => ({ answered: () => decided }) };
  const dispatcher = dispatcherFor(api, { credential: thinking });
  const call = request(api.origin, { dispatcher });
  let before = -1;
  while (sent === undefined || sent.bytesWritten - sent.writableLength !== before) {
    before = sent ? sent.bytesWritten - sent.writableLength : -1;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect(before).toBeLessThan(size / 2);
  decide();
  expect((await (await call).body.arrayBuffer()).byteLength).toBe(size);
});

test("a handler that throws is told so once", async () => {
  const api = await serve((_, response) => response.end("x".repeat(100_000)));
  const failure = new Error("a handler's own");
  const told: Error[] = [];
  const handler = {
    onResponseStart() {
      throw failure;
    },
    onResponseError: (_: unknown, error: Error) => told.push(error),
  };
  dispatcherFor(api).dispatch({ origin: api.origin, path: "/", method: "GET" }, handler);
  await vi.waitUntil(() => told.length > 0);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(told).toEqual([failure]);
});

test("stream, pipeline and undici's fetch are served as well", async () => {
  const api = await serve(({ headers, body }, response) =>
    response.end(`${headers["x-api-key"]} ${body}`),
  );
  const dispatcher = dispatcherFor(api);
  const parts: unknown[] = [];
  await dispatcher.stream({ origin: api.origin, path: "/", method: "GET" }, () => {
    return new Writable({
      write(chunk, _, done) {
        parts.push(chunk.toString());
        done();
      },
    });
  });
  expect(parts.join("")).toBe("marked-key ");
  const options = { origin: api.origin, path: "/", method: "PUT" } as const;
  const pipeline = dispatcher.pipeline(options, ({ body }) => body);
  expect(await text(pipeline.end("piped"))).toBe("marked-key piped");
  const answer = await undiciFetch(api.origin, { dispatcher, method: "POST", body: "sent" });
  expect(await answer.text()).toBe("marked-key sent");
});

test("an upgrade carries the credential", async () => {
  const server = createServer().on("upgrade", ({ headers }, socket) => {
    socket.end(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: ${headers["x-api-key"]}\r\n\r\nhello`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { headers, socket } = await dispatcherFor({ origin }).upgrade({
    path: "/",
    origin,
  } as never);
  expect(headers.upgrade).toBe("marked-key");
  expect(await text(socket)).toBe("hello");
  server.close();
});

test("HTTP/2 is served as well: a retry, and an answer that is read slowly", async () => {
  const bytes = Buffer.alloc(3_000_000, "0123456789");
  let count = 0;
  const server = createSecureServer({ cert, key }, (incoming, response) => {
    incoming.resume().on("end", () => {
      response.statusCode = ++count === 1 ? 401 : 200;
      response.end(bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const agent = new Agent({ allowH2: true, connect: { ca: authority } });
  const dispatcher = agent.compose(authenticate({ origins: [origin], credential: stubborn }));
  const { body, statusCode } = await request(origin, { dispatcher, method: "POST", body: "{}" });
  const parts: Buffer[] = [];
  for await (const part of body) {
    parts.push(part);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect([statusCode, Buffer.concat(parts).equals(bytes), count]).toEqual([200, true, 2]);
  await agent.destroy();
  server.close();
});

test("early hints are passed on", async () => {
  const api = await serve((_, response) => {
    response.writeEarlyHints({ link: "</a.css>; rel=preload" }, () => response.end("end"));
  });
  const hints: number[] = [];
  const onInfo = ({ statusCode }: { statusCode: number }) => hints.push(statusCode);
  const answer = await request(api.origin, { dispatcher: dispatcherFor(api), onInfo });
  expect([await answer.body.text(), hints]).toEqual(["end", [103]]);
});

test("an abort gives the caller's reason: before, while waiting for a token, and while reading", async () => {
  const api = await serve((_, response) => response.writeHead(200).write("half"));
  const waiting = bearer({ token: () => new Promise(() => {}), invalidate() {} });
  const reason = new Error("enough");
  const before = { dispatcher: dispatcherFor(api), signal: AbortSignal.abort(reason) };
  await expect(request(api.origin, before)).rejects.toBe(reason);
  const aborter = new AbortController();
  const dispatcher = dispatcherFor(api, { credential: waiting });
  const call = request(api.origin, { dispatcher, signal: aborter.signal });
  aborter.abort(reason);
  await expect(call).rejects.toBe(reason);
  expect(api.received).toHaveLength(0);
  const reading = new AbortController();
  const options = { dispatcher: dispatcherFor(api), signal: reading.signal };
  const { body } = await request(api.origin, options);
  reading.abort(reason);
  await expect(body.text()).rejects.toBe(reason);
});

test("redirects are answers, unless they are to be followed", async () => {
  const api = await serve(({ path }, response) =>
    response.writeHead(path === "/end" ? 200 : 302, { location: "/end" }).end(path),
  );
  const status = async (options: Partial<AuthenticateOptions>) =>
    (await request(api.origin, { dispatcher: dispatcherFor(api, options) })).statusCode;
  expect(await status({})).toBe(302);
  expect(await status({ redirect: "follow" })).toBe(200);
});

test("undici's own redirects take no key elsewhere, on whichever side they are", async () => {
  const other = await serve((_, response) => response.end());
  const api = await serve((_, response) =>
    response.writeHead(302, { location: other.origin }).end(),
  );
  const redirect = interceptors.redirect({ maxRedirections: 3 });
  const auth = authenticate({ origins: [api.origin], credential });
  const outside = request(api.origin, { dispatcher: new Agent().compose(auth, redirect) });
  await expect(outside).rejects.toMatchObject({ code: "origin_not_allowed" });
  const inside = await request(api.origin, { dispatcher: new Agent().compose(redirect, auth) });
  expect(inside.statusCode).toBe(302);
  expect(other.received).toHaveLength(0);
});

test("works with other interceptors, and with undici's mock", async () => {
  const api = await serve((_, response, nth) => json(response, nth === 1 ? 503 : 200, { nth }));
  const auth = authenticate({ origins: [api.origin, "https://api.example.com"], credential });
  const retry = interceptors.retry({ minTimeout: 1 });
  const { body } = await request(api.origin, { dispatcher: new Agent().compose(auth, retry) });
  expect(await body.json()).toEqual({ nth: 2 });
  const mock = new MockAgent();
  mock.disableNetConnect();
  const headers = { "x-api-key": "marked-key" };
  mock.get("https://api.example.com").intercept({ path: "/", headers }).reply(200, "mocked");
  const answer = await request("https://api.example.com/", { dispatcher: mock.compose(auth) });
  expect(await answer.body.text()).toBe("mocked");
});
