import { SignJWT } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { apiKey } from "../api-key/api-key.ts";
import { createGuard } from "../guard/create-guard.ts";
import { credentialConflict, csrfSuspected, tokenExpired } from "../guard/refusals.ts";
import { alter, requestOf } from "../guard/request.fixture.ts";
import { createMemoryApiKeys } from "../state/memory-api-keys.ts";
import { jwt } from "../token/jwt.ts";
import { ConfigurationError } from "../wire/configuration-error.ts";
import { createCsrfTokens } from "./csrf-tokens.ts";
import { sessionCookie } from "./session-cookie.ts";

const csrfSecret = "0123456789abcdef0123456789abcdef";
const secret = "fedcba9876543210fedcba9876543210";
const page = "https://app.example.com";
const otherPage = "https://admin.example.com";
const csrf = createCsrfTokens(csrfSecret);
const guard = createGuard({
  realm: "orders",
  schemes: [
    jwt({
      issuer: "https://id.example.com",
      audience: "orders",
      secret,
      cookie: sessionCookie({ csrfSecret, origins: [page, otherPage] }),
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
  view.check(alter(requestOf(headers), { method }));
const cookie = (value = token) => ({ cookie: `theme=dark; __Host-access=${value}` });

describe("a token in a cookie", () => {
  it("lets in, for safe methods without more", async () => {
    for (const method of ["GET", "HEAD", "OPTIONS", "TRACE"]) {
      expect(await check(method, cookie())).toMatchObject({ principal: { subject: "ada" } });
    }
  });

  it("lets in for unsafe methods from a page of ours, with the session's CSRF token", async () => {
    const headers = { ...cookie(), origin: page, "x-csrf-token": await csrf.issue("session-1") };
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
      expect(await check(method, headers)).toMatchObject({ principal: { subject: "ada" } });
    }
  });

  it("is bound to the token itself where it names no login", async () => {
    const alone = await sign({ sub: "ada", jti: "t-1" });
    const headers = { ...cookie(alone), origin: page };
    const [ours, others] = [await csrf.issue("t-1"), await csrf.issue("t-2")];
    const verdict = await check("POST", { ...headers, "x-csrf-token": ours });
    expect(verdict).toMatchObject({ kind: "accepted" });
    expect(await check("POST", { ...headers, "x-csrf-token": others })).toMatchObject({
      reason: "csrf_suspected",
    });
  });

  const ofSession = async (session: string) => ({ "x-csrf-token": await csrf.issue(session) });
  const anotherToken = ["the X-CSRF-Token of this session", "another"];
  const pages = `Origin ${page} or ${otherPage}`;
  it.each([
    ["no CSRF token", async () => ({ origin: page }), ["X-CSRF-Token", "nothing"]],
    [
      "one of another session",
      async () => ({ origin: page, ...(await ofSession("session-2")) }),
      anotherToken,
    ],
    ["rubbish as one", async () => ({ origin: page, "x-csrf-token": "rubbish" }), anotherToken],
    ["no Origin", () => ofSession("session-1"), [pages, "nothing"]],
    ...["https://evil.example.com", "null", `${page}.evil.com`, page.slice(0, -1), ""].map(
      (origin): [string, () => Promise<Record<string, string>>, string[]] => [
        `the Origin ${origin}`,
        async () => ({ origin, ...(await ofSession("session-1")) }),
        [pages, origin || "none"],
      ],
    ),
  ])("is refused with 403 for unsafe methods with %s", async (_what, headers, details) => {
    const [expected, found] = details;
    const verdict = await check("POST", { ...cookie(), ...(await headers()) });
    expect(verdict).toMatchObject({
      reason: "csrf_suspected",
      status: 403,
      challenges: [],
      details: { expected, found },
    });
  });

  it.each([{}, { sid: "" }, { sid: 7 }, { jti: "" }, { sid: "", jti: "t-1" }])(
    "is refused for unsafe methods when it names no session: %j",
    async (claims) => {
      const nameless = await sign({ sub: "eve", ...claims });
      for (const session of ["", "7", "t-1", "undefined"]) {
        const headers = { ...cookie(nameless), origin: page, ...(await ofSession(session)) };
        expect(await check("POST", headers)).toMatchObject({
          reason: "csrf_suspected",
          details: { expected: "a token with sid or jti", found: "neither" },
        });
      }
    },
  );

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
    expect(await check("GET", twice)).toMatchObject({
      reason: "credential_conflict",
      status: 400,
      details: { expected: "the cookie __Host-access once", found: "more than once" },
    });
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
  ["a name that others could set", { name: "access" }, "must begin with __Host- or __Secure-"],
  ["a name with that inside", { name: "x__Host-access" }, "must begin with __Host- or __Secure-"],
  ["a prefix alone", { name: "__Host-" }, "must begin with __Host- or __Secure-"],
  ["a name that is none", { name: "__Host-a=b" }, "must begin with __Host- or __Secure-"],
  ["a short secret", { csrfSecret: "short" }, "The CSRF secret"],
  ["no origin", { origins: [] }, 'like "https://app.example.com".'],
  [
    "an origin with a path",
    { origins: [page, "https://app.example.com/"] },
    'like "https://app.example.com"; "https://app.example.com/" is none.',
  ],
  ["an origin that is none", { origins: ["app.example.com"] }, '"app.example.com" is none'],
])("is refused at start with %s", (_what, options, message) => {
  const make = () => sessionCookie({ csrfSecret, origins: [page], ...options });
  expect(make).toThrow(ConfigurationError);
  expect(make).toThrow(message);
});

it("says what is checked of a token in it, before and behind the token itself", () => {
  const { checks } = sessionCookie({ csrfSecret, origins: [page] });
  expect(checks([tokenExpired])).toEqual([credentialConflict, tokenExpired, csrfSuspected]);
});

it("may have a name of its own, with a prefix that keeps others from setting it", async () => {
  for (const name of ["__Secure-token_2", "__Host-a-b"]) {
    const own = sessionCookie({ name, csrfSecret, origins: [page] });
    const schemes = [
      jwt({ issuer: "https://id.example.com", audience: "orders", secret, cookie: own }),
    ];
    const verdict = await createGuard({ schemes }).check(requestOf({ cookie: `${name}=${token}` }));
    expect(verdict).toMatchObject({ principal: { subject: "ada" } });
    const attempt = own.find(requestOf({ cookie: `${name}=t` }), () => expect.unreachable());
    expect(attempt).toMatchObject({ location: `cookie ${name}`, yields: true });
  }
});
