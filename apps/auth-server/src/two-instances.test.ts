import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  formatOAuth1Header,
  type OAuth1Parameter,
  oauth1BaseString,
  signOAuth1,
} from "@countersign/core/wire";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import {
  howToGetRedis,
  type RedisServer,
  startRedis,
  withoutRedis,
} from "../../../packages/redis/src/redis.fixture.ts";
import {
  howToGetPostgres,
  type PostgresServer,
  startPostgres,
  withoutPostgres,
} from "../../../packages/sql/src/postgres.fixture.ts";
import { freePort, post, postForm, type RunningApp, startApp } from "./app.fixture.ts";
import { startProxy } from "./proxy.fixture.ts";

const lacks = [
  ...(withoutPostgres ? [howToGetPostgres] : []),
  ...(withoutRedis ? [howToGetRedis] : []),
];
const apiUrl = "http://127.0.0.1:1234";
const client = "demo-client:demo-secret-of-the-test";

let folder: string;
let postgres: PostgresServer;
let redis: RedisServer;
let proxy: Awaited<ReturnType<typeof startProxy>>;
let instances: readonly RunningApp[] = [];
let apis: readonly RunningApp[] = [];
let start: (app: string, env: Record<string, string>) => Promise<RunningApp>;
/** The environment of an auth server. */
let server: Record<string, string>;

/** Two auth servers behind one proxy, and two APIs that trust them: all of one Postgres and one Redis. */
async function startAll(): Promise<void> {
  folder = await mkdtemp(join(tmpdir(), "countersign-two-"));
  [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  const port = await freePort();
  proxy = await startProxy(port, () => instances.map(({ url }) => url));
  const shared = {
    REDIS_URL: redis.url,
    DEMO_PASSWORD: "lovelace",
    DEMO_API_KEY: "an-api-key-of-no-format-but-long-enough",
    DEMO_OAUTH1_KEY: "printer",
    DEMO_OAUTH1_SECRET: "kd94hf93k423kf44",
    DEMO_CLIENT_SECRET: "demo-secret-of-the-test",
  };
  const database = {
    DATABASE_URL: await postgres.createDatabase(),
    KEY_ENCRYPTION_KEY: Buffer.alloc(32, 9).toString("base64url"),
  };
  start = async (app, env) => startApp(app, folder, { ...shared, PORT: await freePort(), ...env });
  // Each says that it is where the proxy is, as an API does where its callers know it.
  server = { ...database, PUBLIC_URL: proxy.url };
  instances = await Promise.all([start("auth-server", server), start("auth-server", server)]);
  const api = { ISSUER_URL: proxy.url, PUBLIC_URL: apiUrl };
  apis = await Promise.all([start("express-api", api), start("hono-api", api)]);
}

const [a, b] = [0, 1].map((at) => (path: string) => `${instances[at]?.url}${path}`) as [
  (path: string) => string,
  (path: string) => string,
];
const viaProxy = (path: string) => `${proxy.url}${path}`;

async function login(at: (path: string) => string) {
  const { status, body } = await post(at("/login"), { username: "ada", password: "lovelace" });
  expect(status).toBe(200);
  return body;
}

const refresh = (at: (path: string) => string, refresh_token: string | undefined) =>
  post(at("/refresh"), { refresh_token });

/** What the APIs answer to a token: their statuses, and when to come back. */
const ask = (token = "", path = "/private") =>
  Promise.all(
    apis.map(async ({ url }) => {
      const headers = { authorization: token.includes(" ") ? token : `Bearer ${token}` };
      const { status } = await fetch(url + path, { headers });
      return status;
    }),
  );

describe.skipIf(lacks.length > 0)(["two auth servers", ...lacks].join(", "), () => {
  beforeAll(startAll, 120_000);
  afterAll(async () => {
    await Promise.all([...instances, ...apis].map((app) => app.stop("SIGKILL")));
    await proxy?.close();
    await Promise.all([postgres?.remove(), redis?.remove()]);
    await rm(folder, { recursive: true, force: true });
  });

  it("sign with one key, and publish one set", async () => {
    const [first, second] = await Promise.all(
      [a, b].map(async (at) => (await fetch(at("/jwks"))).json()),
    );
    expect(first).toEqual(second);
    const token = (await login(a)).access_token;
    expect(await ask(token)).toEqual([200, 200]);
  });

  it("serve one set of users, whoever answers", async () => {
    let { refresh_token } = await login(a);
    const servers = new Set<string | null>();
    for (const at of [b, a, b, b, viaProxy, viaProxy, viaProxy]) {
      const answer = await refresh(at, refresh_token);
      expect(answer.status).toBe(200);
      refresh_token = answer.body.refresh_token;
      servers.add(answer.servedBy);
    }
    // The proxy asked both; the others were not asked through it.
    expect(servers.size).toBe(3);
  });

  it("give one answer to one refresh token that comes many times at once", async () => {
    const { refresh_token } = await login(viaProxy);
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => refresh(viaProxy, refresh_token)),
    );
    expect(new Set(answers.map(({ servedBy }) => servedBy)).size).toBe(2);
    for (const { status, body } of answers) {
      expect(status).toBe(200);
      expect(body).toEqual(answers[0]?.body);
    }
    expect((await refresh(viaProxy, answers[0]?.body.refresh_token)).status).toBe(200);
  });

  it("recognise a token that was used at the other, and end that login alone", async () => {
    const [stolen, other] = [await login(a), await login(a)];
    const second = await refresh(a, stolen.refresh_token);
    const third = await refresh(b, second.body.refresh_token);
    expect(third.status).toBe(200);
    const reuse = await refresh(b, stolen.refresh_token);
    expect([reuse.status, reuse.body.error]).toEqual([400, "invalid_grant"]);
    expect((await refresh(a, third.body.refresh_token)).status).toBe(400);
    expect(await ask(third.body.access_token)).toEqual([401, 401]);
    expect((await refresh(a, other.refresh_token)).status).toBe(200);
  });

  it("and the APIs behind them see at once what one of them has revoked", async () => {
    const { access_token = "", refresh_token } = await login(a);
    expect(await ask(access_token)).toEqual([200, 200]);
    expect((await post(a("/logout"), { refresh_token })).status).toBe(204);
    for (const at of [a, b]) {
      const { body } = await postForm(at("/introspect"), { token: access_token }, client);
      expect(body).toEqual({ active: false });
      expect((await refresh(at, refresh_token)).status).toBe(400);
    }
    expect(await ask(access_token)).toEqual([401, 401]);
  });

  it("count guesses together", async () => {
    const guess = async (at: (path: string) => string) =>
      (await post(at("/login"), { username: "eve", password: "guess" })).status;
    const answers = await Promise.all(
      Array.from({ length: 120 }, (_, round) => guess(round % 2 ? a : b)),
    );
    expect(answers.filter((status) => status === 401)).toHaveLength(100);
    expect(answers.filter((status) => status === 429)).toHaveLength(20);
    await login(a);
  });

  it("share what has been used: a signed request is taken by one API, once", async () => {
    const parameters: OAuth1Parameter[] = [
      ["oauth_consumer_key", "printer"],
      ["oauth_signature_method", "HMAC-SHA1"],
      ["oauth_timestamp", String(Math.floor(Date.now() / 1000))],
      ["oauth_nonce", crypto.randomUUID()],
    ];
    const base = oauth1BaseString({ method: "GET", url: `${apiUrl}/whoami`, parameters }) ?? "";
    const signature = await signOAuth1("HMAC-SHA1", base, { consumerSecret: "kd94hf93k423kf44" });
    const header = formatOAuth1Header([...parameters, ["oauth_signature", signature]]);
    const answers = await ask(`OAuth ${header}`, "/whoami");
    expect(answers.sort()).toEqual([200, 401]);
  });

  it("go on without Redis where it is not needed, and come back by themselves", async () => {
    const { access_token, refresh_token } = await login(a);
    await redis.kill();
    // Whether a token is revoked cannot be told; who may refresh can.
    expect(await ask(access_token)).toEqual([503, 503]);
    expect((await refresh(a, refresh_token)).status).toBe(200);
    const down = await post(a("/login"), { username: "ada", password: "lovelace" });
    expect([down.status, down.retryAfter]).toEqual([503, "5"]);
    await redis.start();
    await vi.waitFor(async () => expect(await ask(access_token)).toEqual([200, 200]), 15_000);
    await vi.waitFor(() => login(b), 15_000);
  });

  it("go on without Postgres where it is not needed, and come back by themselves", async () => {
    const { access_token, refresh_token } = await login(a);
    await postgres.halt();
    for (const at of [a, b]) {
      const { status, retryAfter, body } = await refresh(at, refresh_token);
      expect([status, retryAfter]).toEqual([503, "5"]);
      expect(body.error).toBe("temporarily_unavailable");
      expect((await fetch(at("/jwks"))).status).toBe(200);
      expect(
        (await postForm(at("/token"), { grant_type: "client_credentials" }, client)).status,
      ).toBe(200);
    }
    expect(await ask(access_token)).toEqual([200, 200]);
    await postgres.start();
    await vi.waitFor(async () => {
      for (const at of [a, b]) expect((await refresh(at, refresh_token)).status).toBe(200);
    }, 15_000);
  });

  it("are joined by none that has another key, which says so and ends", async () => {
    const KEY_ENCRYPTION_KEY = Buffer.alloc(32, 8).toString("base64url");
    const joining = start("auth-server", { ...server, KEY_ENCRYPTION_KEY });
    await expect(joining).rejects.toThrow(/ended with code 1\.\n.*cannot be opened/);
    await expect(start("auth-server", { ...server, KEY_ENCRYPTION_KEY: "" })).rejects.toThrow(
      /KEY_ENCRYPTION_KEY is needed/,
    );
  });

  it("go on when one of them dies", async () => {
    const { refresh_token } = await login(a);
    const [first, second] = instances;
    await first?.stop("SIGKILL");
    instances = second ? [second] : [];
    expect((await refresh(viaProxy, refresh_token)).status).toBe(200);
  });
});
