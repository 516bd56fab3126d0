import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { apiKey, basic, createApiKey, createGuard, guessLimits } from "@countersign/core";
import { createIssuer, createKeyRing, type TokenAnswer } from "@countersign/issuer";
import { type Database, openDatabase } from "@countersign/sql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  howToGetPostgres,
  type PostgresServer,
  query,
  startPostgres,
  withoutPostgres,
} from "../../../packages/sql/src/postgres.fixture.ts";

const encryptionKey = Buffer.from("planted-encryption-key-0123456789".slice(0, 32));
const password = "planted-password-of-ada";

/** Uses everything that keeps something, and gives every text that must be nowhere afterwards. */
async function plant(database: Database): Promise<readonly string[]> {
  const { apiKeys, refreshTokens, revocations, signingKeys } = database;
  const keys = createKeyRing({ store: signingKeys, encryptionKey });
  const url = "https://id.example.com";
  const issuer = createIssuer({ url, audience: url, store: refreshTokens, revocations, keys });
  const secrets: string[] = [encryptionKey.toString(), encryptionKey.toString("base64url")];
  const remember = ({ access_token, refresh_token = "" }: TokenAnswer) => {
    // A token as a whole, what is secret of it, and its signature, which makes it one.
    secrets.push(refresh_token, refresh_token.slice(-43), access_token.split(".")[2] ?? "");
    return refresh_token;
  };

  const login = () => issuer.issue({ subject: "planted-subject", refreshable: true });
  const first = remember(await login());
  const second = remember(await issuer.refresh(first));
  await issuer.refresh(first).then(remember);
  await issuer.refresh(second).then(remember);
  await issuer.revoke(remember(await login()));
  await keys.rotate();

  const made = await createApiKey("orders");
  const { key, id, hash } = made;
  await apiKeys.add({ id, hash, subject: "planted-subject" });
  const successor = await createApiKey("orders");
  await apiKeys.replace(id, { ...withoutKey(successor), subject: "planted-subject" }, 4e9);
  for (const each of [key, successor.key]) secrets.push(each, each.split("_")[2] ?? "");

  const guard = createGuard({
    schemes: [
      apiKey({ keys: apiKeys }),
      basic({ users: { find: () => undefined }, passwords: { verify: () => false } }),
    ],
    throttle: guessLimits({
      bySubject: database.throttle({ name: "logins", points: 9, duration: 900 }),
    }),
  });
  for (const [name, value, kind] of [
    ["x-api-key", key, "accepted"],
    ["authorization", `Basic ${btoa(`ada:${password}`)}`, "rejected"],
  ] as const) {
    const request = {
      method: "GET",
      url,
      header: (field: string) => (field === name ? value : undefined),
    };
    const rest = { body: () => new Uint8Array(), address: "192.0.2.1", secure: true };
    const verdict = await guard.check({ ...request, ...rest, certificate: undefined });
    expect(verdict.kind).toBe(kind);
  }
  secrets.push(password, "ada:planted", btoa(`ada:${password}`));
  // A private key as a JWK or as PKCS #8, of any algorithm.
  return [...secrets.filter((text) => text !== ""), '"d":"', "PRIVATE KEY"];
}

function withoutKey({ id, hash }: { readonly id: string; readonly hash: string }) {
  return { id, hash };
}

/** In each of these, what was planted to be found is, and nothing else that was planted. */
function expectNoSecret(texts: readonly string[], secrets: readonly string[]): void {
  const all = texts.join("\n");
  expect(all).toContain("planted-subject");
  expect(secrets.length).toBeGreaterThan(20);
  for (const secret of secrets) expect(all.includes(secret), secret).toBe(false);
}

async function readFolder(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), "latin1")));
}

it("nothing secret is in the files of SQLite, open or closed", async () => {
  const folder = await mkdtemp(join(tmpdir(), "countersign-secrets-"));
  try {
    const database = await openDatabase(`sqlite:${join(folder, "state.db")}`);
    const secrets = await plant(database);
    expectNoSecret(await readFolder(folder), secrets);
    await database.close();
    expectNoSecret(await readFolder(folder), secrets);
  } finally {
    await rm(folder, { recursive: true });
  }
});

describe.skipIf(withoutPostgres)(`Postgres (${howToGetPostgres})`, () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);
  afterAll(() => server?.remove());

  it("nothing secret is in its tables, its files or its log of changes", async () => {
    const url = await server.createDatabase();
    const database = await openDatabase(url, { timeout: 20 });
    const secrets = await plant(database);
    await database.close();
    const tables = await query(
      url,
      "select tablename from pg_tables where tablename like 'countersign%'",
    );
    expect(tables.length).toBeGreaterThan(7);
    const dump = await Promise.all(
      tables.map(async ({ tablename }) =>
        JSON.stringify(await query(url, `select * from ${tablename}`)),
      ),
    );
    expectNoSecret(
      dump.map((text) => text.replaceAll('\\"', '"')),
      secrets,
    );
    await query(url, "checkpoint");
    expectNoSecret(await readFolder(join(server.folder, "data", "base")), secrets);
    expectNoSecret(await readFolder(join(server.folder, "data", "pg_wal")), secrets);
  });
});
