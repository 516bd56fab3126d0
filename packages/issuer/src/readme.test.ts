import { readFile } from "node:fs/promises";
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from "jose";
import { expect, test } from "vitest";
import { argon2id } from "./argon2.ts";
import { createIssuer, IssuerError, type TokenAnswer } from "./index.ts";

// The example of the README, word for word, from here …
const passwords = argon2id();
const users = new Map([["ada", { id: "user-1", hash: await passwords.hash("correct horse") }]]);

const issuer = createIssuer({
  url: "https://id.example.com",
  audience: "https://api.example.com",
});

async function handle(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (pathname === "/login") return login(request);
  if (pathname === "/refresh") return refresh(request);
  return issuer.fetch(request);
}

async function login(request: Request): Promise<Response> {
  const { username = "", password = "" } = (await request.json()) as Record<string, string>;
  const user = users.get(username);
  // An unknown user costs the same time as a wrong password.
  if (!(await passwords.verify(user?.hash, password)) || !user) {
    return Response.json({ error: "wrong username or password" }, { status: 401 });
  }
  const answer = await issuer.issue({
    subject: user.id,
    scope: "orders:read orders:write",
    authenticatedAt: "now",
    methods: ["pwd"],
    refreshable: true,
  });
  return Response.json(answer, { headers: { "cache-control": "no-store" } });
}

async function refresh(request: Request): Promise<Response> {
  const { refresh_token = "" } = (await request.json()) as Record<string, string>;
  try {
    const answer = await issuer.refresh(refresh_token);
    return Response.json(answer, { headers: { "cache-control": "no-store" } });
  } catch (error) {
    if (!(error instanceof IssuerError)) throw error;
    return Response.json(error, { status: error.status, headers: error.headers });
  }
}
// … to here.

const url = "https://id.example.com";

function post(path: string, body: unknown): Promise<Response> {
  return handle(new Request(url + path, { method: "POST", body: JSON.stringify(body) }));
}

test("the README shows this very code", async () => {
  const between = (text: string, start: string, end: string) =>
    text.slice(text.indexOf(start), text.indexOf(end, text.indexOf(start)));
  const source = await readFile(new URL(import.meta.url), "utf8");
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const here = between(source, "const passwords =", "// … to here.");
  const there = between(readme, "const passwords =", "```");
  expect(there.replaceAll("export ", "")).toBe(here);
});

test("the example logs in, refreshes and serves its keys", async () => {
  expect((await post("/login", { username: "ada", password: "wrong" })).status).toBe(401);
  expect((await post("/login", { username: "eve", password: "wrong" })).status).toBe(401);
  const login = await post("/login", { username: "ada", password: "correct horse" });
  expect(login.status).toBe(200);
  const { refresh_token } = (await login.json()) as TokenAnswer;
  const { access_token } = (await (
    await post("/refresh", { refresh_token })
  ).json()) as TokenAnswer;
  const jwks = await (await handle(new Request(`${url}/jwks`))).json();
  const keys = createLocalJWKSet(jwks as JSONWebKeySet);
  const checks = { issuer: url, audience: "https://api.example.com", typ: "at+jwt" };
  const { payload } = await jwtVerify(access_token, keys, checks);
  expect(payload.sub).toBe("user-1");
  const refused = await post("/refresh", { refresh_token: "nonsense" });
  expect(refused.status).toBe(400);
  expect(await refused.json()).toMatchObject({ error: "invalid_grant" });
});
