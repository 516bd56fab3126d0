import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { json, serve } from "../fixtures/serve.ts";
import { serveIssuer } from "../fixtures/serve-issuer.ts";

const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");

test("the example runs", async () => {
  const [, example = ""] = /```ts\n(.*?)```/s.exec(readme) ?? [];
  const issuer = await serveIssuer();
  const api = await serve(({ headers }, response) => json(response, 200, headers.authorization));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--conditions=@countersign/source", "--input-type=module-typescript", "--eval", example],
    {
      cwd: new URL("..", import.meta.url),
      env: {
        ISSUER_URL: issuer.origin,
        API_URL: api.origin,
        CLIENT_ID: "client",
        CLIENT_SECRET: "secret",
      },
    },
  );
  expect(stdout.trim()).toBe("200 Bearer token-1");
  expect(api.received.map(({ path }) => path)).toEqual(["/orders"]);
});

test("every error code is explained", async () => {
  const source = await readFile(new URL("client-error.ts", import.meta.url), "utf8");
  const codes = [...source.matchAll(/^ {2}\| "(\w+)"/gm)].map(([, code]) => code);
  expect(codes.length).toBeGreaterThan(10);
  for (const code of codes) {
    expect(readme).toContain(`| \`${code}\` |`);
    expect(source).toContain(` * - \`${code}\`: `);
  }
});
