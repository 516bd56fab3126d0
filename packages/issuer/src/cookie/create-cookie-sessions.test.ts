import { inspect } from "node:util";
import { createGuard, jwt, sessionCookie } from "@countersign/core";
import { ConfigurationError } from "@countersign/core/wire";
import { decodeJwt } from "jose";
import { describe, expect, test } from "vitest";
import { audience, startIssuer, url } from "../fixture.ts";
import { createCookieSessions } from "./create-cookie-sessions.ts";

const csrfSecret = "0123456789abcdef0123456789abcdef";
const page = "https://app.example.com";

/** A browser with its cookies, as far as these matter. */
function start(changes: Partial<Parameters<typeof createCookieSessions>[0]> = {}) {
  const started = startIssuer();
  const { issuer, clock } = started;
  const sessions = createCookieSessions({ issuer, csrfSecret, origins: [page], ...changes });
  const cookie = sessionCookie({ csrfSecret, origins: [page] });
  const scheme = jwt({ issuer: url, audience, jwks: () => issuer.jwks(), cookie });
  const guard = createGuard({ clock, schemes: [scheme] });
  const jar = new Map<string, string>();
  let csrf = "";
  /** Keeps the cookies of an answer, and gives what the page is told. */
  async function keep(response: Response) {
    for (const field of response.headers.getSetCookie()) {
      const [, name = "", value = "", maxAge] =
        /^([^=]+)=([^;]*);.*Max-Age=(\d+)/.exec(field) ?? [];
      if (maxAge === "0") jar.delete(name);
      else jar.set(name, value);
    }
    const text = await response.text();
    const body = text === "" ? {} : JSON.parse(text);
    csrf = body.csrf_token ?? csrf;
    return body;
  }
  const headers = () => ({
    cookie: [...jar].map((pair) => pair.join("=")).join("; "),
    origin: page,
    "x-csrf-token": csrf,
  });
  const request = (method = "POST", more: Record<string, string> = {}) => {
    const fields = Object.entries({ ...headers(), ...more }).filter(([, value]) => value !== "");
    return new Request(`${page}/refresh`, { method, headers: fields });
  };
  return {
    ...started,
    sessions,
    jar,
    keep,
    request,
    async login() {
      const answer = await issuer.issue({ subject: "ada", refreshable: true });
      const response = await sessions.start(answer);
      const body = await keep(response.clone());
      return { answer, response, body };
    },
    async who(method = "GET", more: Record<string, string> = {}) {
      const fields = new Headers({ ...headers(), ...more });
      const verdict = await guard.check({
        method,
        url: `${audience}/orders`,
        header: (name) => fields.get(name) ?? undefined,
        body: () => undefined,
        address: undefined,
        secure: true,
        certificate: undefined,
      });
      return verdict.kind === "accepted" ? verdict.principal.subject : verdict.reason;
    },
  };
}

describe("a login", () => {
  test("puts both tokens into cookies that no script can read and no other site can set", async () => {
    const { login } = start();
    const { answer, response, body } = await login();
    const { access_token, refresh_token } = answer;
    const { sid } = decodeJwt(access_token);
    expect(response.status).toBe(200);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.getSetCookie()).toEqual([
      `__Host-access=${access_token}; Path=/; Max-Age=300; HttpOnly; Secure; SameSite=Lax`,
      `__Secure-refresh=${sid}.${refresh_token}; Path=/refresh; Max-Age=1209600; HttpOnly; Secure; SameSite=Strict`,
    ]);
    expect(body).toEqual({ csrf_token: expect.any(String), expires_in: 300 });
  });

  test("is one that the guard takes, and for changes only from our page", async () => {
    const { login, who } = start();
    await login();
    expect(await who()).toBe("ada");
    expect(await who("POST")).toBe("ada");
    expect(await who("POST", { "x-csrf-token": "" })).toBe("csrf_suspected");
    expect(await who("POST", { origin: "https://evil.example" })).toBe("csrf_suspected");
  });

  test.each([
    ["cannot be refreshed", { refreshable: false }],
    ["is bound to a key", { refreshable: true, dpopKey: "A".repeat(43) }],
    ["says more than a cookie holds", { refreshable: true, claims: { x: "x".repeat(4000) } }],
  ])("that %s is a mistake", async (_what, options) => {
    const { sessions, issuer } = start();
    const answer = await issuer.issue({ subject: "ada", ...options });
    await expect(sessions.start(answer)).rejects.toThrow(ConfigurationError);
  });

  test("without one of its tokens, or without an id, is a mistake", async () => {
    const { sessions, issuer } = start();
    const { refresh_token, ...answer } = await issuer.issue({ subject: "ada", refreshable: true });
    await expect(sessions.start(answer)).rejects.toThrow(ConfigurationError);
    const { access_token } = await issuer.issue({ subject: "ada" });
    const mixed = { ...answer, access_token, refresh_token: refresh_token ?? "" };
    await expect(sessions.start(mixed)).rejects.toThrow(ConfigurationError);
  });

  test("tells the page its scope, if it has one", async () => {
    const { sessions, issuer } = start();
    const scoped = await issuer.issue({ subject: "ada", scope: "a b", refreshable: true });
    expect(await (await sessions.start(scoped)).json()).toMatchObject({ scope: "a b" });
  });

  test("shows no token in its answer's body, nor the secret in the object", async () => {
    const { login, sessions } = start();
    const { answer, body } = await login();
    for (const token of [answer.access_token, answer.refresh_token ?? ""]) {
      expect(JSON.stringify(body)).not.toContain(token);
    }
    expect(inspect(sessions, { depth: 9, showHidden: true })).not.toContain(csrfSecret);
  });
});

describe("a refresh", () => {
  test("gives new cookies for the same session, whose CSRF tokens go on being good", async () => {
    const { login, sessions, request, keep, who, jar, turn } = start();
    const { body } = await login();
    const before = new Map(jar);
    turn(299);
    const response = await sessions.refresh(request());
    expect(response.status).toBe(200);
    await keep(response);
    expect(jar.get("__Host-access")).not.toBe(before.get("__Host-access"));
    expect(jar.get("__Secure-refresh")).not.toBe(before.get("__Secure-refresh"));
    turn(10);
    expect(await who("POST", { "x-csrf-token": body.csrf_token })).toBe("ada");
  });

  test("works when the access token's cookie is long gone", async () => {
    const { login, sessions, request, keep, who, jar, turn } = start();
    await login();
    jar.delete("__Host-access");
    turn(86_400);
    await keep(await sessions.refresh(request()));
    expect(await who()).toBe("ada");
  });

  test("of two tabs at once gives both the same tokens", async () => {
    const { login, sessions, request } = start();
    await login();
    const answers = await Promise.all([1, 2, 3].map(() => sessions.refresh(request())));
    const cookies = answers.map((response) => response.headers.getSetCookie());
    expect(cookies[1]).toEqual(cookies[0]);
    expect(cookies[2]).toEqual(cookies[0]);
  });

  test.each([
    ["no Origin", { origin: "" }],
    ["a foreign Origin", { origin: "https://evil.example" }],
    ["the Origin null", { origin: "null" }],
    ["an Origin that only begins as ours", { origin: `${page}.evil.example` }],
    ["no CSRF token", { "x-csrf-token": "" }],
    ["rubbish as one", { "x-csrf-token": "rubbish" }],
  ])("with %s is refused, and uses nothing up", async (_what, fields) => {
    const { login, sessions, request } = start();
    await login();
    for (const route of [sessions.refresh, sessions.end]) {
      const response = await route(request("POST", fields));
      expect(response.status).toBe(403);
      expect(await response.json()).toMatchObject({ error: "access_denied" });
      expect(response.headers.getSetCookie()).toEqual([]);
    }
    expect((await sessions.refresh(request())).status).toBe(200);
  });

  test("with another session's CSRF token is refused", async () => {
    const { login, sessions, request } = start();
    const { body } = await login();
    await login();
    const response = await sessions.refresh(request("POST", { "x-csrf-token": body.csrf_token }));
    expect(response.status).toBe(403);
  });

  test.each([
    ["no cookie", ""],
    ["an empty one", "__Secure-refresh="],
    ["one without a session", "__Secure-refresh=csrt_x"],
    ["rubbish", "__Secure-refresh=a.b.c"],
    ["one of another name", "__Secure-refresh2=a.b"],
  ])("with %s has no session, and clears what is left", async (_what, cookie) => {
    const { sessions, request } = start();
    const response = await sessions.refresh(request("POST", { cookie }));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: "invalid_grant" });
    expect(response.headers.getSetCookie()).toEqual([
      "__Host-access=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax",
      "__Secure-refresh=; Path=/refresh; Max-Age=0; HttpOnly; Secure; SameSite=Strict",
    ]);
  });

  test("with two cookies of the name has none: nobody knows which is ours", async () => {
    const { login, sessions, request, jar } = start();
    await login();
    const ours = `__Secure-refresh=${jar.get("__Secure-refresh")}`;
    const both = { cookie: `${ours}; __Secure-refresh=a.csrt_b` };
    expect((await sessions.refresh(request("POST", both))).status).toBe(400);
  });

  test("of a login that has ended clears the cookies", async () => {
    const { login, sessions, request, issuer, keep, jar } = start();
    await login();
    await issuer.revokeSubject("ada");
    const response = await sessions.refresh(request());
    expect(response.status).toBe(400);
    await keep(response);
    expect(jar.size).toBe(0);
  });

  test("that cannot be answered now leaves the cookies where they are", async () => {
    const fail = () => Promise.reject(new Error("connection lost"));
    const { issuer, login } = startIssuer();
    const down = startIssuer({ store: { find: fail } as never });
    const sessions = createCookieSessions({ issuer: down.issuer, csrfSecret, origins: [page] });
    const { sessions: up } = start({ issuer });
    const answer = await up.start(await login());
    const { csrf_token } = (await answer.json()) as { csrf_token: string };
    const cookie = answer.headers.getSetCookie()[1]?.split(";")[0] ?? "";
    const headers = { cookie, origin: page, "x-csrf-token": csrf_token };
    const response = await sessions.refresh(new Request(page, { method: "POST", headers }));
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("5");
    expect(response.headers.getSetCookie()).toEqual([]);
  });
});

test("a mistake of the program is no refusal of the browser's", async () => {
  const { login, request } = start();
  await login();
  const issuer = { refresh: () => Promise.reject(new Error("a bug")), revoke: async () => {} };
  const sessions = createCookieSessions({ issuer, csrfSecret, origins: [page] });
  await expect(sessions.refresh(request())).rejects.toThrow("a bug");
});

describe("a logout", () => {
  test("ends the login and clears both cookies", async () => {
    const { login, sessions, request, keep, jar, issuer } = start();
    const { answer } = await login();
    const response = await sessions.end(request("DELETE"));
    expect(response.status).toBe(204);
    await keep(response);
    expect(jar.size).toBe(0);
    const refreshing = issuer.refresh(answer.refresh_token ?? "");
    await expect(refreshing).rejects.toMatchObject({ error: "invalid_grant" });
  });
});

test("other names, paths and times are kept to", async () => {
  const { login } = start({ name: "__Host-a", refreshPath: "/auth/refresh", maxAge: 60 });
  const { response } = await login();
  const [access, refresh] = response.headers.getSetCookie();
  expect(access).toMatch(/^__Host-a=/);
  expect(refresh).toMatch(/; Path=\/auth\/refresh; Max-Age=60;/);
});

test.each([
  { csrfSecret: "short" },
  { origins: [] },
  { origins: [`${page}/`] },
  { origins: ["app.example.com"] },
  { refreshPath: "refresh" },
  { refreshPath: "x/refresh" },
  { refreshPath: "/refresh; Domain=evil.example" },
])("the options %j are refused at once", (changes) => {
  expect(() => start(changes)).toThrow(ConfigurationError);
});
