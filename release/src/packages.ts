import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** One package as it is published. */
export interface PublishedPackage {
  /** Its folder's name. */
  readonly folder: string;
  readonly name: string;
  readonly path: string;
  /** Subpath to the built file behind it: `"./web"` to `…/dist/web.js`. */
  readonly entries: Readonly<Record<string, string>>;
  /** The folders of the workspace packages that it needs, near and far, itself last. */
  readonly closure: readonly string[];
}

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const root = fileURLToPath(new URL("../../packages/", import.meta.url));

/** Every package of `packages/`, in alphabetical order. */
export const publishedPackages: readonly PublishedPackage[] = readdirSync(root).map(readPackage);

export function findPackage(folder: string): PublishedPackage {
  const found = publishedPackages.find((each) => each.folder === folder);
  if (found === undefined) throw new Error(`There is no package packages/${folder}.`);
  return found;
}

function readPackage(folder: string): PublishedPackage {
  const path = join(root, folder);
  const { name, exports } = readManifest(folder);
  const entries = Object.entries(exports).flatMap(([subpath, target]) =>
    typeof target === "string" ? [] : [[subpath, join(path, target.default)]],
  );
  return { folder, name, path, entries: Object.fromEntries(entries), closure: closureOf(folder) };
}

function closureOf(folder: string): readonly string[] {
  const ours = Object.keys(readManifest(folder).dependencies ?? {}).flatMap((name) =>
    name.startsWith("@countersign/") ? [name.slice("@countersign/".length)] : [],
  );
  return [...new Set([...ours.flatMap(closureOf), folder])];
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
}
