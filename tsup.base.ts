import { defineConfig, type Options } from "tsup";

/** How every package is built: ESM with declarations, `node:` and `#` imports left as written. */
export function packageBuild(entry: Record<string, string>, options: Options = {}) {
  return defineConfig({
    entry,
    format: "esm",
    target: "es2024",
    dts: true,
    clean: true,
    removeNodeProtocol: false,
    external: [/^#/],
    ...options,
  });
}
