import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { decodeJwt } from "jose";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { serve } from "../issuer/listen.ts";

const program = fileURLToPath(new URL("countersign-test-issuer.ts", import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "countersign-test-issuer-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function writeConfig(content: unknown): Promise<string> {
  const path = join(folder, `${crypto.randomUUID()}.json`);
  await writeFile(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

/** The program as its users run it, from source. */
function start(...args: readonly string[]) {
  const child = spawn(process.execPath, ["--conditions=@countersign/source", program, ...args]);
  onTestFinished(() => void child.kill("SIGKILL"));
  const said = { out: "", err: "" };
  child.stdout.on("data", (chunk) => (said.out += chunk));
  child.stderr.on("data", (chunk) => (said.err += chunk));
  const ended = once(child, "close").then(([code, signal]) => ({ code, signal, ...said }));
  const ready = (async () => {
    while (!/is ready at (\S+)/.test(said.out)) {
      await Promise.race([
        once(child.stdout, "data"),
        ended.then(({ err }) => Promise.reject(new Error(`It ended: ${err}`))),
      ]);
    }
    return /is ready at (\S+)/.exec(said.out)?.[1] ?? "";
  })();
  ready.catch(() => {});
  return { child, said, ready, ended };
}

const askToken = async (url: string, id: string, secret: string) => {
  const body = { grant_type: "client_credentials", client_id: id, client_secret: secret };
  const answer = await fetch(`${url}/token`, { method: "POST", body: new URLSearchParams(body) });
  return (await answer.json()) as Record<string, string>;
};

describe("countersign-test-issuer", () => {
  it.each(["SIGTERM", "SIGINT"] as const)(
    "says what it offers, and stops on %s",
    async (signal) => {
      const { child, said, ready, ended } = start("--port", "0");
      const url = await ready;
      const { access_token } = await askToken(url, "test-client", "test-client-secret");
      expect(decodeJwt(access_token ?? "")).toMatchObject({ iss: url, sub: "test-client" });

      const table = said.out.split("\n").filter((line) => line.startsWith("  "));
      const rows = new Map(table.map((line) => line.trim().split(/ {2,}/) as [string, string]));
      expect(rows.get("token")).toBe(`${url}/token`);
      expect(rows.get("keys")).toBe(`${url}/jwks`);
      expect(rows.get("device authorization")).toBe(`${url}/device_authorization`);
      expect(rows.get("user")).toBe("test-user");
      expect(new Set(table.map((line) => line.lastIndexOf("  "))).size).toBe(1);
      expect(said.out).not.toContain("secret-");

      child.kill(signal);
      expect(await ended).toMatchObject({ code: 0, signal: null, err: "" });
      await expect(fetch(url)).rejects.toThrow();
    },
  );

  it("serves the clients, users, claims and tenants of a file", async () => {
    const secret = "the secret of the shop";
    const config = await writeConfig({
      audience: "https://shop.test",
      clients: [
        { id: "shop", secret, scopes: ["orders:read"], redirectUris: ["https://shop.test/"] },
      ],
      users: [{ subject: "ada", claims: { name: "Ada" }, accessTokenClaims: { plan: "gold" } }],
      tenants: { north: { algorithm: "EdDSA" } },
    });
    const { said, ready } = start("--config", config);
    const url = await ready;
    expect(said.out).not.toContain(secret);
    const { access_token } = await askToken(url, "shop", secret);
    expect(decodeJwt(access_token ?? "")).toMatchObject({
      ...{ aud: "https://shop.test", scope: "orders:read" },
    });
    const subject_token = await logIn(url, secret);
    expect(decodeJwt(subject_token)).toMatchObject({ sub: "ada", plan: "gold" });

    const keys = await (await fetch(`${url}/north/jwks`)).json();
    expect(keys).toMatchObject({ keys: [{ alg: "EdDSA" }] });
    expect(said.out).toContain(`${url}/north/token`);
  });

  async function logIn(url: string, client_secret: string): Promise<string> {
    const verifier = "v".repeat(43);
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
    const query = new URLSearchParams({
      response_type: "code",
      client_id: "shop",
      code_challenge: Buffer.from(digest).toString("base64url"),
      code_challenge_method: "S256",
    });
    const back = await fetch(`${url}/authorize?${query}`, { redirect: "manual" });
    const code = new URL(back.headers.get("location") ?? "").searchParams.get("code") ?? "";
    const form = { grant_type: "authorization_code", code, code_verifier: verifier };
    const body = new URLSearchParams({ ...form, client_id: "shop", client_secret });
    const answer = await fetch(`${url}/token`, { method: "POST", body });
    return ((await answer.json()) as Record<string, string>).access_token ?? "";
  }
});

describe("what is wrong is said in one line", () => {
  const fails = async (...args: readonly string[]) => {
    const { code, err } = await start(...args).ended;
    expect([code, err.trim().split("\n").length]).toEqual([1, 1]);
    return err;
  };

  it("a taken port", async () => {
    const taken = await serve(createServer());
    onTestFinished(() => taken.close());
    const { port } = new URL(taken.url);
    expect(await fails("--port", port)).toContain(`Port ${port} is taken.`);
  });

  it.each([
    [["--port", "http"], "--port must be a number"],
    [["--port", "70000"], "--port must be a number"],
    [["--prot", "1"], "--prot"],
    [["more"], "more"],
    [["--config", "/nowhere/config.json"], "/nowhere/config.json cannot be read: there is no such"],
  ])("%j", async (args, words) => {
    expect(await fails(...args)).toContain(words);
  });

  it.each([
    [{ client: [] }, 'has no "client"'],
    [{ clients: [{ id: "a", secret: "s3cret" }] }, '"a"'],
  ])("a file of %j", async (content, words) => {
    const said = await fails("--config", await writeConfig(content));
    expect(said).toContain(words);
    expect(said).not.toContain("s3cret");
  });

  it("--help says how", async () => {
    expect(await start("--help").ended).toMatchObject({
      code: 0,
      out: expect.stringContaining("Usage: countersign-test-issuer"),
    });
  });
});
