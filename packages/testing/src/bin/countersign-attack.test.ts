import { spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createGuard, jwt } from "@countersign/core";
import { protect } from "@countersign/express";
import express from "express";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AttackReport } from "../attack.ts";
import { type Listening, serve } from "../issuer/listen.ts";

const program = fileURLToPath(new URL("countersign-attack.ts", import.meta.url));
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const [iss, aud] = ["https://id.test", "https://api.test"];

let folder: string;
let good: Listening;
let careless: Listening;
let key: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "countersign-attack-"));
  key = join(folder, "key.pem");
  await writeFile(key, privateKey.export({ format: "pem", type: "pkcs8" }));
  const jwk = { ...publicKey.export({ format: "jwk" }), kid: "k1", alg: "RS256" };
  const guard = createGuard({
    publicUrl: "http://127.0.0.1:9",
    schemes: [jwt({ issuer: iss, audience: aud, jwks: { keys: [jwk] } })],
  });
  const http = { maxHeaderSize: 4 * 1024 * 1024 };
  const app = express().get("/", protect(guard), (_request, response) => void response.send("ok"));
  good = await serve(createServer(http, app as RequestListener));
  careless = await serve(createServer((_request, response) => void response.end("ok")));
});
afterAll(async () => {
  await good?.close();
  await careless?.close();
  await rm(folder, { recursive: true });
});

/** The program as its users run it, from source. */
async function run(...args: readonly string[]) {
  const child = spawn(process.execPath, ["--conditions=@countersign/source", program, ...args]);
  const said = { out: "", err: "" };
  child.stdout.on("data", (chunk) => (said.out += chunk));
  child.stderr.on("data", (chunk) => (said.err += chunk));
  const [code] = await once(child, "close");
  return { code, ...said };
}

const known = () => ["--issuer", iss, "--audience", aud, "--key", key, "--kid", "k1"];

describe("countersign-attack", () => {
  it("ends with 0 where nothing is found", async () => {
    const { code, out, err } = await run(good.url, ...known());
    expect(out).toMatch(/: \d{3} passed, 0 findings, \d+ not run/);
    expect([code, err.includes("hole")]).toEqual([0, false]);
  });

  it("ends with 1 where something is, says so while it runs, and writes JUnit XML", async () => {
    const junit = join(folder, "attack.xml");
    const args = [...known(), "--groups", "claims,transport", "--json", "--junit", junit];
    const { code, out, err } = await run(careless.url, ...args);
    expect(code).toBe(1);
    expect(err).toContain("hole: aud-foreign: 200\n");
    expect(JSON.parse(out).summary.grades.hole).toBeGreaterThan(10);
    const xml = await readFile(junit, "utf8");
    expect(xml).toContain('<testcase classname="claims" name="aud-foreign"');
    expect(`${out}${err}${xml}`).not.toContain("PRIVATE KEY");
  });

  it("speaks of a secret, too, and puts it nowhere", async () => {
    const secret = join(folder, "secret.txt");
    await writeFile(secret, "a-secret-that-is-said-nowhere-0123456789\n");
    const args = ["--issuer", iss, "--audience", aud, "--key", secret, "--alg", "HS256"];
    const { out, err } = await run(careless.url, ...args, "--groups", "key-confusion", "--json");
    expect(JSON.parse(out).results).toContainEqual(
      expect.objectContaining({ id: "good-hs256", outcome: "passed" }),
    );
    expect(`${out}${err}`).not.toContain("said-nowhere");
  });

  it("speaks of callers without tokens, and of no token then", async () => {
    const file = join(folder, "callers.json");
    const password = "a-password-that-is-said-nowhere";
    const basic = { url: `${careless.url}/basic`, username: "ada", password };
    await writeFile(file, JSON.stringify({ basic, apiKey: { key: "k".repeat(32) } }));
    const { code, out, err } = await run(careless.url, "--callers", file, "--json");
    const { results } = JSON.parse(out) as AttackReport;
    const holes = new Set(
      results.filter(({ grade }) => grade === "hole").map(({ group }) => group),
    );
    expect([code, holes]).toEqual([1, new Set(["basic", "api-key", "state"])]);
    expect(`${out}${err}`).not.toContain(password);
    await writeFile(file, JSON.stringify({ basic: { username: "ada" } }));
    const wrong = await run(careless.url, "--callers", file);
    expect([wrong.code, wrong.err]).toEqual([
      ...[2, `countersign-attack: ${file}.basic needs "password".\n`],
    ]);
  });

  it.each([
    ["no URL", []],
    ["two URLs", ["http://127.0.0.1", "http://127.0.0.1"]],
    ["no issuer", ["http://127.0.0.1"]],
    ["an issuer without its key", ["http://127.0.0.1", "--issuer", "x", "--callers", "/no/file"]],
    ["no such file of callers", ["http://127.0.0.1", "--callers", "/no/file"]],
    ["no such option", ["http://127.0.0.1", "--isuer", "x"]],
    ["another scheme", ["ftp://127.0.0.1", "--issuer", "x", "--audience", "x", "--key", program]],
    ["no such file", ["http://127.0.0.1", "--issuer", "x", "--audience", "x", "--key", "/no/key"]],
    ["no key", ["http://127.0.0.1", "--issuer", "x", "--audience", "x", "--key", program]],
  ])("ends with 2 and one line for wrong usage: %s", async (_what, args) => {
    const { code, out, err } = await run(...args);
    expect([code, out, err.trim().split("\n").length]).toEqual([2, "", 1]);
  });

  it("ends with 2 for claims that are none and for groups that are none", async () => {
    const claims = await run(good.url, ...known(), "--claims", "[]");
    expect([claims.code, claims.err]).toEqual([
      ...[2, "countersign-attack: --claims must be a JSON object.\n"],
    ]);
    expect((await run(good.url, ...known(), "--groups", "x")).code).toBe(2);
  });
});
