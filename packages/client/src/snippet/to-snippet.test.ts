import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { ConfigurationError } from "@countersign/core/wire";
import { describe, expect, onTestFinished, test } from "vitest";
import { json, type Received, serve } from "../../fixtures/serve.ts";
import { serveIssuer } from "../../fixtures/serve-issuer.ts";
import type { CredentialDescription, SnippetTarget } from "./description.ts";
import { hostile, unseen } from "./hostile-text.fixture.ts";
import {
  consumer,
  digestUsername,
  keyPlaces,
  secrets,
  serveApi,
  username,
} from "./served-api.fixture.ts";
import { toSnippet } from "./to-snippet.ts";

type Tool = SnippetTarget["tool"];

/** Runs a snippet as a reader would, in an empty folder that must stay empty. */
async function run(tool: Tool, snippet: string): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), "snippet-"));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const cwd = join(home, "work");
  await promisify(execFile)("mkdir", [cwd]);
  // Whoever has such an entry must not lose the credential to it.
  await writeFile(join(home, ".netrc"), "default login other password other\n", { mode: 0o600 });
  const [program, args] = {
    curl: ["sh", ["-c", snippet]],
    httpie: ["sh", ["-c", snippet]],
    requests: ["/usr/bin/python3", ["-c", snippet]],
    aiohttp: ["/usr/bin/python3", ["-c", snippet]],
    fetch: [
      process.execPath,
      ["--conditions=@countersign/source", "--input-type=module", "-e", snippet],
    ],
  }[tool] as [string, string[]];
  // This package is found from its own folder alone.
  const where = tool === "fetch" ? new URL("../..", import.meta.url) : cwd;
  const env = { ...secrets, HOME: home, PATH: "/usr/bin:/bin", LANG: "C.UTF-8" };
  const { stdout } = await promisify(execFile)(program, args, { cwd: where, env });
  expect(await readdir(cwd)).toEqual([]);
  return stdout;
}

const tools: [tool: Tool, needs: string, debian: string][] = [
  ["curl", "/usr/bin/curl", "curl"],
  ["httpie", "/usr/bin/http", "httpie"],
  ["requests", "/usr/lib/python3/dist-packages/requests", "python3-requests python3-oauthlib"],
  ["aiohttp", "/usr/lib/python3/dist-packages/aiohttp", "python3-aiohttp python3-oauthlib"],
  ["fetch", process.execPath, ""],
];

const credentials: [what: string, CredentialDescription, ...except: Tool[]][] = [
  ["basic", { type: "basic", username }],
  ["digest", { type: "digest", username: digestUsername }, "aiohttp"],
  ["a key", { type: "apiKey" }],
  ["a key in an odd header", { type: "apiKey", header: keyPlaces.header }],
  ["a key in the query", { type: "apiKey", query: keyPlaces.query }],
  ["a key in a cookie", { type: "apiKey", cookie: keyPlaces.cookie }],
  ["a bearer token", { type: "bearer" }],
  [
    "OAuth 1.0a",
    { type: "oauth1", consumerKey: consumer.key, token: consumer.token },
    "curl",
    "httpie",
  ],
  [
    "OAuth 1.0a without a token, HMAC-SHA1",
    { type: "oauth1", consumerKey: consumer.key, signatureMethod: "HMAC-SHA1" },
    "curl",
    "httpie",
  ],
];

const path = `/or'ders/%27;%20"$(touch broken-out)\`touch broken-out\`/{a,b}/[1-3]`;
const query = `?q=a+b%20c&w='"$(touch+broken-out)\`x\`&p=%25%41&e=&[x]={1..3}|^\\&ü=ü`;
const headers = {
  "X-Quotes": `'"$(touch broken-out)\`touch broken-out\`; touch broken-out \\`,
  "X'`$a!": "=@:;odd",
  "X-Percent": "%s%n%d %HOME%",
  "X-At": "@/etc/passwd",
  "X-Empty": "",
};
const body = hostile.join("\n");

for (const [tool, needs, debian] of tools) {
  const howToGet = debian === "" ? "" : ` (needs ${needs}: apt-get install -y ${debian})`;
  describe.skipIf(!existsSync(needs))(`${tool}${howToGet}`, () => {
    const supported = credentials.filter(([, , ...except]) => !except.includes(tool));
    test.each(supported)("%s is admitted, and nothing breaks out", async (_, credential) => {
      const api = await serveApi();
      const target = { tool, url: `${api.origin}${path}${query}#part`, headers, body } as const;
      const stdout = await run(tool, toSnippet(credential, target) ?? "");
      expect(stdout).toContain("admitted");
      const received = api.received.at(-1);
      expectIntact(received, "POST");
      expect(received?.body.toString()).toBe(body);
    });

    test.each(["GET", "HEAD", "DELETE", "PUT"])("%s without a body", async (method) => {
      const api = await serveApi();
      const target = { tool, method, url: `${api.origin}${path}${query}`, headers } as const;
      await run(tool, toSnippet({ type: "apiKey" }, target) ?? "");
      expectIntact(api.received[0], method);
      expect(api.received[0]?.headers).toHaveProperty("x-api-key", secrets.API_KEY);
      expect(api.received).toHaveLength(1);
    });

    test("a body is plain text unless a header says otherwise", async () => {
      const api = await serveApi();
      const json = { "Content-Type": "application/json" };
      for (const headers of [{}, json]) {
        const target = { tool, url: api.origin, headers, body: "{}" } as const;
        await run(tool, toSnippet({ type: "bearer" }, target) ?? "");
      }
      const types = api.received.map(({ headers }) => headers["content-type"]);
      expect(types).toEqual(["text/plain", "application/json"]);
    });

    test("a redirect to another origin takes nothing of the credential along", async () => {
      const other = await serve((_, response) => response.end());
      const api = await serve((_, response) =>
        response.writeHead(307, { location: other.origin }).end(),
      );
      await run(tool, toSnippet({ type: "apiKey" }, { tool, url: api.origin }) ?? "");
      expect(api.received[0]?.headers).toHaveProperty("x-api-key");
      for (const { headers } of other.received) expect(headers).not.toHaveProperty("x-api-key");
    });
  });
}

function expectIntact(received: Received | undefined, method: string): void {
  expect(received?.method).toBe(method);
  const url = new URL(`http://a${received?.path}`);
  const expected = new URL(`http://a${path}${query}`);
  expect(decodeURIComponent(url.pathname)).toBe(decodeURIComponent(expected.pathname));
  const parameters = [...url.searchParams].filter(([name]) => name !== keyPlaces.query);
  expect(parameters).toEqual([...expected.searchParams]);
  for (const [name, value] of Object.entries(headers)) {
    expect(received?.headers).toHaveProperty([name.toLowerCase()], value);
  }
}

test("a form is signed with OAuth 1.0a", async () => {
  const api = await serveApi();
  const credential = { type: "oauth1", consumerKey: consumer.key, token: consumer.token } as const;
  const headers = { "Content-Type": "application/x-www-form-urlencoded" };
  for (const tool of ["requests", "aiohttp", "fetch"] as const) {
    const target = { tool, url: `${api.origin}/?b=2`, headers, body: "a=1&c=x+y%26" };
    expect(await run(tool, toSnippet(credential, target) ?? "")).toContain("admitted");
    expect(api.received.at(-1)?.body.toString()).toMatch(/^a=1&c=x(\+|%20)y%26$/);
  }
});

test.each(["bearer", "dpop"] as const)("fetch gets tokens for %s itself", async (type) => {
  const tokenType = type === "dpop" ? "DPoP" : "Bearer";
  const issuer = await serveIssuer({
    token: (_, response) =>
      json(response, 200, { access_token: "t", token_type: tokenType, expires_in: 60 }),
  });
  const api = await serve(({ headers }, response) => response.end(headers.authorization));
  const clientCredentials = { issuer: issuer.origin, clientId: "c", scope: "a'\"$(b)" };
  const target = { tool: "fetch", url: api.origin } as const;
  const stdout = await run("fetch", toSnippet({ type, clientCredentials }, target) ?? "");
  expect(stdout).toBe(`200 ${tokenType} t\n`);
  const asked = new URLSearchParams(issuer.tokenRequests[0]?.body.toString());
  expect(asked.get("scope")).toBe("a'\"$(b)");
});

test("a header named __proto__ is a header", () => {
  const headers = { ["__proto__"]: "inert" };
  const target = { tool: "fetch", url: "https://api.example.com", headers } as const;
  expect(toSnippet({ type: "apiKey" }, target)).toContain('["__proto__"]: "inert"');
});

describe("what a tool cannot do gives nothing", () => {
  const url = "https://api.example.com/";
  const issuer = { issuer: "https://id.example.com", clientId: "c" };
  test.each<[string, CredentialDescription, SnippetTarget]>([
    ["OAuth 1.0a in curl", { type: "oauth1", consumerKey: "k" }, { tool: "curl", url }],
    ["OAuth 1.0a in HTTPie", { type: "oauth1", consumerKey: "k" }, { tool: "httpie", url }],
    ["DPoP in curl", { type: "dpop", clientCredentials: issuer }, { tool: "curl", url }],
    ["DPoP in requests", { type: "dpop", clientCredentials: issuer }, { tool: "requests", url }],
    ["Digest in aiohttp", { type: "digest", username: "a" }, { tool: "aiohttp", url }],
    [
      "a backslash that HTTPie would eat",
      { type: "apiKey" },
      { tool: "httpie", url, headers: { a: "\\:" } },
    ],
    [
      "an option as a header",
      { type: "apiKey" },
      { tool: "httpie", url, headers: { "--form": "1" } },
    ],
    ["a header as an option", { type: "apiKey", header: "-f" }, { tool: "httpie", url }],
  ])("%s", (_, credential, target) => {
    expect(toSnippet(credential, target)).toBeUndefined();
  });

  test.each(unseen)("%j in a command", (body) => {
    for (const tool of ["curl", "httpie"] as const) {
      expect(toSnippet({ type: "apiKey" }, { tool, url, body })).toBeUndefined();
    }
    const printable = /^[\n\x20-\x7e]*$/;
    for (const tool of ["requests", "aiohttp", "fetch"] as const) {
      expect(toSnippet({ type: "apiKey" }, { tool, url, body })).toMatch(printable);
    }
  });
});

describe("refuses", () => {
  const url = "https://api.example.com/";
  const key: CredentialDescription = { type: "apiKey" };
  test.each<[string, CredentialDescription, Omit<SnippetTarget, "tool">]>([
    ["plain http", key, { url: "http://api.example.com/" }],
    ["a password in the URL", key, { url: "https://a:marked-secret@api.example.com/" }],
    ["what is no URL", key, { url: "api.example.com" }],
    ["the key in the URL", { type: "apiKey", query: "k" }, { url: `${url}?k=marked-secret` }],
    ["Authorization", key, { url, headers: { AUTHORIZATION: "Bearer marked-secret" } }],
    ["Cookie", key, { url, headers: { cookie: "a=marked-secret" } }],
    ["the credential's header", key, { url, headers: { "x-api-key": "marked-secret" } }],
    ["a header in two spellings", key, { url, headers: { a: "1", A: "2" } }],
    ["a line break in a header", key, { url, headers: { a: "1\r\nb: marked-secret" } }],
    ["a line break in a header's name", key, { url, headers: { "a\n": "1" } }],
    ["a header beyond ASCII", key, { url, headers: { a: "ü" } }],
    ["a method that is no word", key, { url, method: "GET; touch broken-out" }],
    ["a header that is no name", { type: "apiKey", header: "a: b" }, { url }],
    ["a cookie that is no name", { type: "apiKey", cookie: "a;b" }, { url }],
    ["an empty query name", { type: "apiKey", query: "" }, { url }],
    ["a user name with a line break", { type: "digest", username: "a\n" }, { url }],
    ["a user name with a colon", { type: "basic", username: "a:b" }, { url }],
    [
      "an issuer by plain http",
      {
        type: "bearer",
        clientCredentials: { issuer: "http://id.example.com", clientId: "c" },
      },
      { url },
    ],
    ["a consumer key with a line break", { type: "oauth1", consumerKey: "a\n" }, { url }],
  ])("%s", (_, credential, target) => {
    for (const [tool] of tools) {
      const write = () => toSnippet(credential, { tool, ...target });
      expect(write).toThrow(ConfigurationError);
      expect(write).not.toThrow(/marked-secret/);
    }
  });
});
