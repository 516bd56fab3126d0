import { SignJWT } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { apiKey } from "../api-key/api-key.ts";
import { createGuard } from "../guard/create-guard.ts";
import { requestOf } from "../guard/request.fixture.ts";
import { createMemoryApiKeys } from "../state/memory-api-keys.ts";
import { jwt } from "../token/jwt.ts";
import { ConfigurationError } from "../wire/configuration-error.ts";
import { createCsrfTokens } from "./csrf-tokens.ts";
import { sessionCookie } from "./session-cookie.ts";

const csrfSecret = "0123456789abcdef0123456789abcdef";
const secret = "fedcba9876543210fedcba9876543210";
const page = "https://app.example.com";
const csrf = createCsrfTokens(csrfSecret);
const guard = createGuard({
  realm: "orders",
  schemes: [
    jwt({
      issuer: "https://id.example.com",
      audience: "orders",
      secret,
      cookie: sessionCookie({ csrfSecret, origins: [page] }),
    }),
    apiKey({ keys: createMemoryApiKeys([]) }),
  ],
});

const sign = (claims: Record<string, unknown>) =>
  new SignJWT(claims)
    .setProtectedHeader({ alg: "HS256" })
    .setIssuer("https://id.example.com")
    .setAudience("orders")
    .setExpirationTime("5m")
    .sign(new TextEncoder().encode(secret));

let token: string;
let other: string;
beforeAll(async () => {
  token = await sign({ sub: "ada", sid: "session-1" });
  other = await sign({ sub: "eve" });
});

const check = (method: string, headers: Record<string, string>, view = guard.optional()) =>
  view.check(requestOf(headers, "/orders", method));
const cookie = (value = token) => ({ cookie: `theme=dark; __Host-access=${value}` });

describe("a token in a cookie", () => {
  it("lets in, for safe methods without more", async () => {
    for (const method of ["GET", "HEAD"]) {
      expect(await check(method, cookie())).toMatchObject({ principal: { subject: "ada" } });
    }
  });

  it("lets in for unsafe methods from a page of ours, with the session's CSRF token", async () => {
    const headers = { ...cookie(), origin: page, "x-csrf-token": await csrf.issue("session-1") };
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
      expect(await check(method, headers)).toMatchObject({ principal: { subject: "ada" } });
    }
  });

  it.each([
    ["no CSRF token", async () => ({ origin: page })],
    [
      "one of another session",
      async () => ({ origin: page, "x-csrf-token": await csrf.issue("session-2") }),
    ],
    ["rubbish as one", async () => ({ origin: page, "x-csrf-token": "rubbish" })],
    ["no Origin", async () => ({ "x-csrf-token": await csrf.issue("session-1") })],
    [
      "a foreign Origin",
      async () => ({
        origin: "https://evil.example.com",
        "x-csrf-token": await csrf.issue("session-1"),
      }),
    ],
    [
      "the Origin null",
      async () => ({ origin: "null", "x-csrf-token": await csrf.issue("session-1") }),
    ],
    [
      "an Origin that only begins as ours",
      async () => ({ origin: `${page}.evil.com`, "x-csrf-token": await csrf.issue("session-1") }),
    ],
  ])("is refused with 403 for unsafe methods with %s", async (_what, headers) => {
    const verdict = await check("POST", { ...cookie(), ...(await headers()) });
    expect(verdict).toMatchObject({ reason: "csrf_suspected", status: 403, challenges: [] });
  });

  it("is refused for unsafe methods when it names no session", async () => {
    const headers = { ...cookie(other), origin: page, "x-csrf-token": await csrf.issue("") };
    expect(await check("POST", headers)).toMatchObject({ reason: "csrf_suspected" });
  });

  it("is checked before the request: a bad one is 401, on optional routes too", async () => {
    expect(await check("POST", cookie("rubbish"))).toMatchObject({
      status: 401,
      error: "invalid_token",
    });
    expect(await check("GET", cookie(`${token}x`))).toMatchObject({ status: 401 });
  });

  it("yields to an explicit credential, whether that one is good or bad", async () => {
    const bearer = { authorization: `Bearer ${other}` };
    expect(await check("POST", { ...cookie(), ...bearer })).toMatchObject({
      principal: { subject: "eve" },
    });
    expect(await check("GET", { ...cookie(), "x-api-key": "k".repeat(32) })).toMatchObject({
      reason: "api_key_invalid",
    });
    expect(await check("GET", { ...cookie(), authorization: "Bearer rubbish" })).toMatchObject({
      reason: "token_malformed",
    });
    expect(await check("GET", { ...cookie(), authorization: "Negotiate x" })).toMatchObject({
      reason: "scheme_not_admitted",
    });
  });

  it("counts only once: of two cookies of one name nobody knows which is ours", async () => {
    const twice = { cookie: `__Host-access=${other}; __Host-access=${token}` };
    expect(await check("GET", twice)).toMatchObject({ reason: "credential_conflict", status: 400 });
    expect(await check("GET", { ...twice, authorization: `Bearer ${token}` })).toMatchObject({
      principal: { subject: "ada" },
    });
  });

  it("is nothing under another name, or to a scheme without cookies", async () => {
    expect(await check("GET", { cookie: `access=${token}` })).toMatchObject({
      principal: undefined,
    });
    const headerOnly = createGuard({
      schemes: [jwt({ issuer: "https://id.example.com", audience: "orders", secret })],
    });
    expect(await headerOnly.check(requestOf(cookie()))).toMatchObject({
      reason: "credential_missing",
    });
  });
});

it.each([
  ["a name that others could set", { name: "access" }],
  ["a short secret", { csrfSecret: "short" }],
  ["no origin", { origins: [] }],
  ["an origin with a path", { origins: ["https://app.example.com/"] }],
  ["an origin that is none", { origins: ["app.example.com"] }],
])("is refused at start with %s", (_what, options) => {
  expect(() => sessionCookie({ csrfSecret, origins: [page], ...options })).toThrow(
    ConfigurationError,
  );
});
