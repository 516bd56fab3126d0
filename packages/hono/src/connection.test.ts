import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createGuard, jwt } from "@countersign/core";
import { getRequestListener } from "@hono/node-server";
import { type Context, Hono, type MiddlewareHandler } from "hono";
import { SignJWT } from "jose";
import { expect, test } from "vitest";
import { fieldsOf } from "./connection.ts";
import { getPrincipal, protect } from "./protect.ts";

const secret = new Uint8Array(32).fill(7);
const [issuer, audience] = ["https://id.example.com", "https://api.example.com"];
const guard = createGuard({ schemes: [jwt({ issuer, audience, secret })] });

const mint = (subject: string) =>
  new SignJWT({ iss: issuer, aud: audience, sub: subject })
    .setProtectedHeader({ alg: "HS256" })
    .setExpirationTime("5m")
    .sign(secret);

/** Who Ada is taken for, and whether her fields were read without `Headers`. */
async function callAsAda(before: MiddlewareHandler) {
  let isFast: boolean | undefined;
  const app = new Hono()
    .use(before)
    .use((context: Context, next) => {
      isFast = fieldsOf(context) !== undefined;
      return next();
    })
    .get("/", protect(guard), (context) =>
      context.text(String(getPrincipal(guard, context).subject)),
    );
  const server = createServer(getRequestListener(app.fetch));
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const answer = await fetch(url, { headers: { authorization: `Bearer ${await mint("ada")}` } });
    return [answer.status === 200 ? await answer.text() : answer.status, isFast];
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

test("fields of a request that is as it came are read at their source, from the second request on", async () => {
  expect(await callAsAda((_, next) => next())).toEqual(["ada", false]);
  expect(await callAsAda((_, next) => next())).toEqual(["ada", true]);
});

test("what a middleware made of the fields counts", async () => {
  const changed = `Bearer ${await mint("grace")}`;
  expect(
    await callAsAda((context, next) => {
      context.req.raw.headers.set("authorization", changed);
      return next();
    }),
  ).toEqual(["grace", false]);
  expect(
    await callAsAda((context, next) => {
      context.req.raw.headers.delete("authorization");
      return next();
    }),
  ).toEqual([401, false]);
});

test("a request that a middleware put in its place counts", async () => {
  const headers = { authorization: `Bearer ${await mint("grace")}` };
  expect(
    await callAsAda((context, next) => {
      context.req.raw = new Request(context.req.url, { headers });
      return next();
    }),
  ).toEqual(["grace", false]);
});
