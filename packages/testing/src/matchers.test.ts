import { apiKey, asApiKey, createGuard, createMemoryApiKeys, jwt, scope } from "@countersign/core";
import { protect } from "@countersign/core/web";
import * as forExpress from "@countersign/express";
import * as forFastify from "@countersign/fastify";
import * as forHono from "@countersign/hono";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import supertest from "supertest";
import { describe, expect, test } from "vitest";
import { fakePrincipal } from "./guard/fake-principal.ts";
import { createTestIssuer } from "./issuer/create-test-issuer.ts";
import { type AnswerLike, assertForbidden, assertScopes, assertUnauthorized } from "./matchers.ts";
import { testIssuer } from "./vitest.ts";

const issuer = createTestIssuer();
const { url, audience, fetch, clock } = issuer;
const guard = createGuard({
  clock,
  schemes: [
    jwt({ issuer: url, audience, fetch }),
    apiKey({ keys: createMemoryApiKeys([]), from: [asApiKey()] }),
  ],
});
const requirement = scope("orders:write", "orders:read");
const expressApp = express().get("/", forExpress.protect(guard, requirement), (_, response) => {
  response.end();
});
const honoApp = new Hono().get("/", forHono.protect(guard, requirement), (c) => c.body(null));
const fastifyApp = fastify();
fastifyApp.get("/", { onRequest: forFastify.protect(guard, requirement) }, async () => "");
const handle = protect(guard, () => new Response(), requirement);

type Call = (headers: Record<string, string>) => PromiseLike<AnswerLike>;
const apps: Record<string, Call> = {
  "express, supertest": (headers) => supertest(expressApp).get("/").set(headers),
  "hono, app.request": async (headers) => honoApp.request("/", { headers }),
  "fastify, inject": (headers) => fastifyApp.inject({ url: "/", headers }),
  "core/web, a Response": (headers) => handle(new Request("http://localhost/", { headers })),
};

describe.each(Object.entries(apps))("%s", (_, call) => {
  const bearing = async (scopes: string, more = {}) =>
    call({ authorization: `Bearer ${await issuer.mint({ scope: scopes, ...more })}` });

  test("toBeUnauthorized", async () => {
    const anonymous = await call({});
    expect(anonymous).toBeUnauthorized();
    expect(anonymous).toBeUnauthorized({ scheme: "bearer", error: null });
    expect(anonymous).toBeUnauthorized({ scheme: "ApiKey" });
    expect(anonymous).not.toBeUnauthorized({ scheme: "Basic" });
    expect(anonymous).not.toBeUnauthorized({ error: "invalid_token" });
    const expired = await bearing("", { expiresIn: -60 });
    expect(expired).toBeUnauthorized({ scheme: "Bearer", error: "invalid_token" });
    expect(expired).not.toBeUnauthorized({ error: null });
    expect(await bearing("orders:write orders:read")).not.toBeUnauthorized();
    expect(() => expect(expired).toBeUnauthorized({ scheme: "Basic" })).toThrow(
      'Expected 401 with Basic\nFound 401 with Bearer error="invalid_token", ApiKey',
    );
    assertUnauthorized(anonymous);
    expect(() => assertUnauthorized(anonymous, { error: "invalid_token" })).toThrow("Found 401");
  });

  test("toBeForbidden", async () => {
    const answer = await bearing("orders:read");
    expect(answer).toBeForbidden();
    expect(answer).toBeForbidden({ scope: "orders:read orders:write" });
    expect(answer).not.toBeForbidden({ scope: "orders:delete" });
    expect(answer).not.toBeUnauthorized();
    expect(() => expect(answer).not.toBeForbidden()).toThrow("Expected not 403");
    assertForbidden(answer, { scope: "orders:write orders:read" });
    expect(() => assertForbidden(answer, { scope: "orders:delete" })).toThrow(
      'Expected 403 with insufficient_scope "orders:delete"\nFound 403 with Bearer error="insufficient_scope"',
    );
  });
});

test("toHaveScopes", () => {
  const principal = fakePrincipal({ scheme: "jwt", scopes: ["a", "b"] });
  expect(principal).toHaveScopes("b", "a");
  expect(principal).not.toHaveScopes("a", "c");
  expect(() => expect(principal).toHaveScopes("c")).toThrow("Expected the scopes c\nFound a b");
  assertScopes(principal, "a");
  expect(() => assertScopes(fakePrincipal({ scheme: "jwt" }), "a")).toThrow("Found none");
});

test("says what is no answer", async () => {
  const pending = handle(new Request("http://localhost/"));
  expect(() => expect(pending).toBeUnauthorized()).toThrow("await the answer");
  expect(() => expect({ status: 401 }).toBeUnauthorized()).toThrow("no answer");
  expect(() => expect(undefined).toBeForbidden()).toThrow("no answer");
  expect(() => expect({}).toHaveScopes("a")).toThrow("no principal");
  const odd = new Response(null, { status: 401, headers: { "www-authenticate": 'Bearer a="' } });
  expect(() => expect(odd).toBeUnauthorized()).toThrow("cannot be read");
  expect(new Response(null, { status: 401 })).not.toBeUnauthorized();
  await pending;
});

const issuerTest = test.extend({ issuer: testIssuer({ audience: "https://fixture.test" }) });
let issuersUrl = "";

issuerTest("an issuer of its own that listens", async ({ issuer: own }) => {
  issuersUrl = await own.listen();
  expect(own.audience).toBe("https://fixture.test");
  expect((await globalThis.fetch(`${issuersUrl}/jwks`)).status).toBe(200);
});

test("and is closed when its test has ended", async () => {
  await expect(globalThis.fetch(`${issuersUrl}/jwks`)).rejects.toThrow("fetch failed");
});
