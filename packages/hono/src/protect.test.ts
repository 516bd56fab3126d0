import {
  apiKey,
  basic,
  createGuard,
  createMemoryApiKeys,
  identifyApiKey,
  jwt,
  scope,
} from "@countersign/core";
import { encodeBase64Url } from "@countersign/core/wire";
import { Hono } from "hono";
import { expect, test } from "vitest";
import { getPrincipal, protect } from "./protect.ts";

const now = 1_800_000_000;
const [issuer, audience] = ["https://id.example.com", "https://api.example.com"];
const secret = new Uint8Array(32).fill(7);
const key = "orders-key-0123456789abcdefghijklmnop";
const { hash } = await identifyApiKey(key);
const guard = createGuard({
  realm: "orders",
  clock: { now: () => now * 1000 },
  schemes: [
    jwt({ issuer, audience, secret }),
    apiKey({ keys: createMemoryApiKeys([{ id: "k", hash, subject: "billing" }]) }),
    basic({
      users: {
        find: (name) => (name === "ada" ? { subject: "ada", passwordHash: "pw" } : undefined),
      },
      passwords: { verify: (expected, given) => expected === given },
    }),
  ],
});

const app = new Hono()
  .get("/orders", protect(guard), (c) => {
    const { scheme, subject } = getPrincipal(guard, c);
    return c.json({ scheme, subject });
  })
  .get("/invoices", protect(guard, scope("invoices:read")), (c) => c.text("invoices"))
  .get("/tokens", protect(guard.only("jwt")), (c) => c.text("tokens"))
  .get("/feed", protect(guard.optional()), (c) =>
    c.text(getPrincipal(guard.optional(), c)?.subject ?? "nobody"),
  )
  .get("/open", (c) => c.text(`${getPrincipal(guard, c).subject}`))
  .onError((error, c) => c.text(error.name, 500));

const utf8 = new TextEncoder();
const segment = (content: object) => encodeBase64Url(utf8.encode(JSON.stringify(content)));

async function mint(claims: object = {}): Promise<string> {
  const given = { iss: issuer, aud: audience, sub: "ada", exp: now + 300, ...claims };
  const input = `${segment({ alg: "HS256", typ: "JWT" })}.${segment(given)}`;
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const signer = await crypto.subtle.importKey("raw", secret, hmac, false, ["sign"]);
  const seal = await crypto.subtle.sign("HMAC", signer, utf8.encode(input));
  return `${input}.${encodeBase64Url(new Uint8Array(seal))}`;
}
const bearer = async (claims?: object) => ({ authorization: `Bearer ${await mint(claims)}` });

test("lets in whoever proves who they are, and says who it is", async () => {
  const credentials = [
    [{ scheme: "jwt", subject: "ada" }, await bearer()],
    [{ scheme: "api-key", subject: "billing" }, { "x-api-key": key }],
    [{ scheme: "basic", subject: "ada" }, { authorization: `Basic ${btoa("ada:pw")}` }],
  ] as const;
  for (const [principal, headers] of credentials) {
    const answer = await app.request("/orders", { headers });
    expect([answer.status, await answer.json()]).toEqual([200, principal]);
  }
});

test("asks whoever does not for what it takes (RFC 9110 §11.6.1)", async () => {
  const answer = await app.request("/orders");
  expect(answer.status).toBe(401);
  expect(answer.headers.get("www-authenticate")).toBe(
    'Bearer realm="orders", ApiKey realm="orders", Basic realm="orders", charset="UTF-8"',
  );
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
});

test.each([
  ["expired", { exp: now - 60 }, "token_expired"],
  ["for others", { aud: "https://other.example.com" }, "audience_mismatch"],
  ["not yet valid", { nbf: now + 60 }, "token_not_yet_valid"],
])("refuses a token that is %s", async (_, claims, reason) => {
  const answer = await app.request("/orders", { headers: await bearer(claims) });
  expect(answer.status).toBe(401);
  expect(answer.headers.get("www-authenticate")).toContain('error="invalid_token"');
  expect(await answer.json()).toMatchObject({ status: 401, reason });
});

test("asks for a scope (RFC 6750 §3.1)", async () => {
  const without = await app.request("/invoices", { headers: await bearer() });
  expect(without.status).toBe(403);
  expect(without.headers.get("www-authenticate")).toContain('scope="invoices:read"');
  const headers = await bearer({ scope: "invoices:read" });
  expect((await app.request("/invoices", { headers })).status).toBe(200);
});

test("two credentials are a bad request", async () => {
  const headers = { ...(await bearer()), "x-api-key": key };
  expect((await app.request("/orders", { headers })).status).toBe(400);
});

test("a view admits what it names, an optional one nobody as well", async () => {
  expect((await app.request("/tokens", { headers: { "x-api-key": key } })).status).toBe(401);
  expect(await (await app.request("/feed")).text()).toBe("nobody");
  expect(await (await app.request("/feed", { headers: await bearer() })).text()).toBe("ada");
  const headers = await bearer({ exp: now - 60 });
  expect((await app.request("/feed", { headers })).status).toBe(401);
});

test("a route without a guard has no principal", async () => {
  const answer = await app.request("/open", { headers: await bearer() });
  expect([answer.status, await answer.text()]).toEqual([500, "ConfigurationError"]);
});
