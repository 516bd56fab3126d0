import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const local = createRequire(import.meta.url);

/**
 * A program that a package brings in one of its optional dependencies, one for each platform: what the
 * package's install script would have linked.
 */
export function findPackaged(name: string, file: string): string {
  const manifest = local.resolve(`${name}/package.json`);
  const { optionalDependencies } = JSON.parse(readFileSync(manifest, "utf8"));
  for (const platform of Object.keys(optionalDependencies)) {
    try {
      const found = createRequire(manifest).resolve(`${platform}/package.json`);
      return join(dirname(found), file);
    } catch {
      // For another platform.
    }
  }
  throw new Error(`${name} has no program for this platform.`);
}

/** Node of another major version: the package `node` under an alias. */
export function findNode(alias: "node22" | "node26"): string {
  return join(dirname(local.resolve(`${alias}/package.json`)), "bin/node");
}

/** Chromium as Debian installs it; `undefined` where it is not installed. */
export function findChromium(): string | undefined {
  return ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find((path) => existsSync(path));
}
