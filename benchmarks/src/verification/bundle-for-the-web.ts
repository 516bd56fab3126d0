import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { createJwtVerifier } from "@countersign/core";
import { build } from "esbuild";

/** The verifier as a runtime without Node's own modules gets it, for a race in one process. */
export async function bundleForTheWeb(): Promise<typeof createJwtVerifier> {
  const folder = await mkdtemp(join(tmpdir(), "countersign-web-"));
  const outfile = join(folder, "verifier.mjs");
  try {
    await build({
      stdin: {
        contents: 'export { createJwtVerifier } from "@countersign/core";',
        resolveDir: fileURLToPath(new URL(".", import.meta.url)),
      },
      bundle: true,
      format: "esm",
      target: "es2024",
      conditions: ["workerd"],
      outfile,
      logLevel: "error",
    });
    return (await import(pathToFileURL(outfile).href)).createJwtVerifier;
  } finally {
    await rm(folder, { recursive: true });
  }
}
