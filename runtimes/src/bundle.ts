import { fileURLToPath } from "node:url";
import { type BuildOptions, build, type Plugin } from "esbuild";

/** The runtimes, and by which conditions of `imports` and `exports` each is known. */
const conditions = {
  node: ["node"],
  bun: ["bun", "node"],
  deno: ["deno", "node"],
  workerd: ["workerd"],
  browser: ["browser"],
} as const;

export type Target = keyof typeof conditions;

/**
 * A suite as one ES module, made of the packages' sources as the runtime would resolve them. The module
 * exports `run(input)`, which promises what is to be reported: JSON in, JSON out.
 */
export function bundle(entry: URL, target: Target): Promise<string> {
  return buildFor(target, { entryPoints: [fileURLToPath(entry)], external: ["node:*"] });
}

/** The same of a source that is written for it, as if it lay in this folder. */
export function buildSource(contents: string, target: Target, plugins: Plugin[]): Promise<string> {
  return buildFor(target, { stdin: { contents, resolveDir: import.meta.dirname }, plugins });
}

async function buildFor(target: Target, what: BuildOptions): Promise<string> {
  const { outputFiles } = await build({
    ...what,
    bundle: true,
    write: false,
    format: "esm",
    target: "es2024",
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["@countersign/source", ...conditions[target]],
    // What a page has none of, and packages ask all the same.
    define: target === "browser" ? { "process.env.NODE_ENV": '"test"' } : {},
    logLevel: "silent",
  });
  const [output] = outputFiles ?? [];
  if (!output) throw new Error("There is no bundle.");
  return output.text;
}
