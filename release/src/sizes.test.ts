import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";

const workspace = fileURLToPath(new URL("../", import.meta.url));
const record = new URL("../sizes.json", import.meta.url);

/** What people bundle, each with as little as it needs. */
const bundles: Readonly<Record<string, string>> = {
  "core: an error": 'export { ConfigurationError } from "@countersign/core";',
  "core: a guard with apiKey":
    'import { apiKey, createGuard } from "@countersign/core"; export const guard = (keys) => createGuard({ schemes: [apiKey({ keys })] });',
  "core: a guard with basic":
    'import { basic, createGuard } from "@countersign/core"; export const guard = (o) => createGuard({ schemes: [basic(o)] });',
  "core: a guard with jwt, jose included":
    'import { createGuard, jwt } from "@countersign/core"; export const guard = (o) => createGuard({ schemes: [jwt(o)] });',
  "hono: protect and a guard with jwt":
    'import { createGuard, jwt, protect } from "@countersign/hono"; export const guard = (o) => protect(createGuard({ schemes: [jwt(o)] }));',
  "client: fetch with basic":
    'import { basic, createAuthFetch } from "@countersign/client"; export const api = (o) => createAuthFetch({ origins: [], credential: basic(o) });',
  "client: fetch with apiKey":
    'import { apiKey, createAuthFetch } from "@countersign/client"; export const api = (o) => createAuthFetch({ origins: [], credential: apiKey(o) });',
  "client: fetch with a static bearer":
    'import { bearer, createAuthFetch } from "@countersign/client"; export const api = (o) => createAuthFetch({ origins: [], credential: bearer(o) });',
  "client: fetch with clientCredentials, oauth4webapi included":
    'import { bearer, clientCredentials, createAuthFetch } from "@countersign/client"; export const api = (o) => createAuthFetch({ origins: [], credential: bearer(clientCredentials(o)) });',
  "issuer, jose included": 'export { createIssuer } from "@countersign/issuer";',
};

/** What was promised, whatever is recorded; of one error, that nothing else comes along. */
const budgets: Readonly<Record<string, number>> = {
  "core: an error": 200,
  "core: a guard with apiKey": 4096,
  "core: a guard with jwt, jose included": 14_336,
  "client: fetch with basic": 2048,
  "client: fetch with apiKey": 2048,
  "client: fetch with a static bearer": 2048,
  "client: fetch with clientCredentials, oauth4webapi included": 8192,
};

async function measure(source: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: workspace },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2024",
    logLevel: "silent",
  });
  return gzipSync(outputFiles[0]?.contents ?? "", { level: 9 }).length;
}

describe("bundle sizes (minified, gzip, in bytes)", () => {
  it("keep the budgets, and are at most 5 % above what is recorded in release/sizes.json", async () => {
    const recorded: Record<string, number> = JSON.parse(await readFile(record, "utf8"));
    const sizes: Record<string, number> = {};
    for (const [name, source] of Object.entries(bundles)) sizes[name] = await measure(source);
    const above = Object.entries(budgets).filter(([name, budget]) => (sizes[name] ?? 0) > budget);
    expect(above.map(([name]) => [name, sizes[name]])).toEqual([]);

    // UPDATE_SIZES=1 records a growth that is meant.
    if (process.env.UPDATE_SIZES) await writeFile(record, `${JSON.stringify(sizes, null, 2)}\n`);
    else {
      expect(Object.keys(recorded)).toEqual(Object.keys(bundles));
      const grown = Object.entries(sizes).filter(
        ([name, size]) => size > 1.05 * (recorded[name] ?? 0),
      );
      expect(grown).toEqual([]);
    }
  });
});
