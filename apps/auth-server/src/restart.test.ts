import { chmod, mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createJwtVerifier, type JsonWebKeySet } from "@countersign/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { freePort, post, postForm, type RunningApp, startApp } from "./app.fixture.ts";

const client = "demo-client:demo-secret-of-the-test";
let folder: string;
let env: { PORT: string; DEMO_PASSWORD: string; DEMO_CLIENT_SECRET: string };
const running: RunningApp[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "countersign-restart-"));
  env = {
    PORT: await freePort(),
    DEMO_PASSWORD: "lovelace",
    DEMO_CLIENT_SECRET: "demo-secret-of-the-test",
  };
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((app) => app.stop("SIGKILL")));
  await rm(folder, { recursive: true, force: true });
});

async function start(changes: Record<string, string> = {}): Promise<RunningApp> {
  const app = await startApp("auth-server", folder, { ...env, ...changes });
  running.push(app);
  return app;
}

async function login({ url }: RunningApp) {
  const { status, body } = await post(`${url}/login`, { username: "ada", password: "lovelace" });
  expect(status).toBe(200);
  return body;
}

const keysOf = async ({ url }: RunningApp) =>
  (await (await fetch(`${url}/jwks`)).json()) as JsonWebKeySet;

describe("the auth server, by default", () => {
  it.each(["SIGTERM", "SIGKILL"] as const)(
    "keeps users logged in and its keys over a restart after %s",
    async (signal) => {
      const before = await start();
      const first = await login(before);
      const keys = await keysOf(before);
      const code = await before.stop(signal);
      if (signal === "SIGTERM") expect(code).toBe(0);

      const after = await start();
      expect(await keysOf(after)).toEqual(keys);
      const audience = "https://orders.example.test";
      const verifier = createJwtVerifier({ issuer: after.url, audience, jwks: keys });
      await verifier.verify(first.access_token ?? "");
      const refreshed = await post(`${after.url}/refresh`, { refresh_token: first.refresh_token });
      expect(refreshed.status).toBe(200);
      const next = { refresh_token: refreshed.body.refresh_token };
      expect((await post(`${after.url}/refresh`, next)).status).toBe(200);
    },
  );

  it("recognises reuse, and remembers what was revoked, over a restart", async () => {
    const before = await start();
    const [stolen, ended] = [await login(before), await login(before)];
    const second = await post(`${before.url}/refresh`, { refresh_token: stolen.refresh_token });
    await post(`${before.url}/refresh`, { refresh_token: second.body.refresh_token });
    await post(`${before.url}/logout`, { refresh_token: ended.refresh_token });
    await before.stop();

    const after = await start();
    const activeOf = async (token = "") =>
      (await postForm(`${after.url}/introspect`, { token }, client)).body.active;
    expect(await activeOf(stolen.access_token)).toBe(true);
    const reuse = await post(`${after.url}/refresh`, { refresh_token: stolen.refresh_token });
    expect([reuse.status, reuse.body.error]).toEqual([400, "invalid_grant"]);
    expect(await activeOf(stolen.access_token)).toBe(false);
    expect(await activeOf(ended.access_token)).toBe(false);
  });

  it("keeps its state in one file, with a key beside it that only its owner may read", async () => {
    const app = await start();
    await login(app);
    await app.stop();
    const files = (await readdir(folder)).filter((name) => !/-(wal|shm)$/.test(name));
    expect(files.sort()).toEqual(["auth-server.db", "auth-server.db-key"]);
    expect((await stat(join(folder, "auth-server.db-key"))).mode & 0o777).toBe(0o600);
    const key = (await readFile(join(folder, "auth-server.db-key"), "utf8")).trim();
    expect(key).toMatch(/^[\w-]{43}$/);
    expect((await readFile(join(folder, "auth-server.db"))).includes(key)).toBe(false);
  });

  it("takes the same key from the environment, and another beside it while it is changed", async () => {
    const keys = await (async () => {
      const app = await start();
      const found = await keysOf(app);
      await app.stop();
      return found;
    })();
    const old = (await readFile(join(folder, "auth-server.db-key"), "utf8")).trim();
    const fresh = Buffer.alloc(32, 7).toString("base64url");
    for (const KEY_ENCRYPTION_KEY of [old, `${fresh},${old}`]) {
      const app = await start({ KEY_ENCRYPTION_KEY });
      expect(await keysOf(app)).toEqual(keys);
      await app.stop();
    }
    // Says what to do, in one line, and ends.
    const failing = start({ KEY_ENCRYPTION_KEY: fresh });
    await expect(failing).rejects.toThrow(/ended with code 1/);
    await expect(failing).rejects.toThrow(/cannot be opened.*Give encryptionKey the key/);
  });

  it("refuses a key file that others may read", async () => {
    await (await start()).stop();
    await chmod(join(folder, "auth-server.db-key"), 0o644);
    await expect(start()).rejects.toThrow(/chmod 600/);
  });

  it("makes one key and one file, however many start on it at once", async () => {
    const ports = await Promise.all([1, 2, 3, 4].map(freePort));
    const apps = await Promise.all(ports.map((PORT) => start({ PORT })));
    const sets = await Promise.all(apps.map(keysOf));
    for (const set of sets) expect(set).toEqual(sets[0]);
    expect(sets[0]?.keys).toHaveLength(1);
    const files = (await readdir(folder)).filter((name) => !/-(wal|shm)$/.test(name));
    expect(files.sort()).toEqual(["auth-server.db", "auth-server.db-key"]);
  });

  it("forgets everything in memory, as it is told", async () => {
    const before = await start({ DATABASE_URL: "sqlite::memory:" });
    const { refresh_token } = await login(before);
    await before.stop();
    const after = await start({ DATABASE_URL: "sqlite::memory:" });
    expect((await post(`${after.url}/refresh`, { refresh_token })).status).toBe(400);
    expect(await readdir(folder)).toEqual([]);
  });
});

it("ends with one line where its database cannot be right", async () => {
  const failing = start({ DATABASE_URL: "mysql://ada:planted@localhost/auth" });
  await expect(failing).rejects.toThrow(/code 1\.\n[^\n]*sqlite:PATH[^\n]*\n$/);
  await expect(failing).rejects.not.toThrow(/planted/);
});
