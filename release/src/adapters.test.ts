import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createTestIssuer, type TestIssuer } from "@countersign/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installOutside, type Outside } from "./outside.ts";
import { readExample } from "./readme.ts";

const compiler = fileURLToPath(new URL("../../node_modules/typescript/bin/tsc", import.meta.url));

const adapters = [
  { adapter: "express", others: ["express@5", "@types/express@5", "@types/node@24"] },
  { adapter: "fastify", others: ["fastify@5", "@types/node@24"] },
  { adapter: "hono", others: ["hono@4", "@hono/node-server@2", "@types/node@24"] },
];

describe.each(adapters)(
  "core and $adapter, packed and installed elsewhere",
  ({ adapter, others }) => {
    let outside: Outside;
    let issuer: TestIssuer;
    beforeAll(async () => {
      outside = await installOutside(adapter, others);
      issuer = createTestIssuer({ audience: "https://api.example.com" });
      await issuer.listen();
    }, 120_000);
    afterAll(async () => {
      await issuer?.close();
      await outside?.remove();
    });

    it("bring along jose and oauth4webapi, and nothing else", async () => {
      const tree = JSON.parse(await outside.run("npm", "ls", "--all", "--json"));
      const ours = tree.dependencies[`@countersign/${adapter}`].dependencies;
      expect(installedOf(ours)).toEqual(["@countersign/core", adapter].sort());
      const core = ours["@countersign/core"].dependencies;
      const found = core ?? tree.dependencies["@countersign/core"].dependencies;
      expect(installedOf(found)).toEqual(["jose", "oauth4webapi"]);
    });

    it("run the README's example", async () => {
      const port = await freePort();
      const example = await readExample(adapter, {
        "https://id.example.com": issuer.url,
        3000: String(port),
      });
      await writeFile(join(outside.folder, "example.ts"), example);
      const server = spawn(process.execPath, ["example.ts"], {
        cwd: outside.folder,
        stdio: "inherit",
      });
      try {
        const orders = `http://127.0.0.1:${port}/orders`;
        await untilAnswered(orders);
        const call = async (options: object) => {
          const authorization = `Bearer ${await issuer.mint(options)}`;
          const response = await fetch(orders, { headers: { authorization } });
          return { status: response.status, body: await response.json() };
        };
        expect(await call({ subject: "ada", scope: "orders:read" })).toEqual({
          status: 200,
          body: { for: "ada" },
        });
        expect(await call({ subject: "ada" })).toMatchObject({
          status: 403,
          body: { reason: "scope_missing" },
        });
        expect((await fetch(orders)).headers.get("www-authenticate")).toBe('Bearer realm="orders"');
      } finally {
        server.kill();
        await once(server, "close");
      }
    });

    it("give types that other libraries can export again", async () => {
      const source = `
      import { apiKey, basic, createGuard, createMemoryApiKeys, getPrincipal, jwt, protect, scope } from "@countersign/${adapter}";
      export const guard = createGuard({
        schemes: [
          jwt({ issuer: "https://id.example.com", audience: "https://api.example.com" }),
          apiKey({ keys: createMemoryApiKeys([]) }),
          basic({ users: { find: () => undefined }, passwords: { verify: () => false } }),
        ],
      });
      export const view = guard.only("jwt").optional();
      export const middleware = protect(guard, scope("a"));
      export const who = getPrincipal;
    `;
      await writeFile(join(outside.folder, "library.ts"), source);
      await outside.run(
        process.execPath,
        compiler,
        ..."--ignoreConfig --strict --declaration --outDir built --target es2023 --lib es2023 --module nodenext --types node".split(
          " ",
        ),
        "library.ts",
      );
    });
  },
);

/** What is there: an optional peer that nobody installed is listed, with nothing in it. */
function installedOf(dependencies: Record<string, { version?: string }>): string[] {
  return Object.entries(dependencies)
    .flatMap(([name, { version }]) => (version === undefined ? [] : [name]))
    .sort();
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function untilAnswered(url: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    try {
      await fetch(url);
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  throw new Error(`Nobody answered at ${url}.`);
}
