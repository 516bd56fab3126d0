import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { publishedPackages } from "./packages.ts";

const entries = publishedPackages.flatMap(({ name, entries }) =>
  Object.entries(entries).map(([subpath, file]) => ({ spec: name + subpath.slice(1), file })),
);

describe("the export lists", () => {
  it.each(entries)("$spec exports what is recorded, and nothing else", async ({ spec, file }) => {
    const values = Object.keys(await import(/* @vite-ignore */ file)).sort();
    const types = await readTypes(file.replace(/\.js$/, ".d.ts"));
    const lines = [...values, ...types.filter((name) => !values.includes(name)).map(asType)];
    await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot(
      `../exports/${spec.replace("@countersign/", "").replaceAll("/", ".")}.txt`,
    );
  });
});

function asType(name: string): string {
  return `type ${name}`;
}

/** The names that a built declaration file exports itself, types among them. */
async function readTypes(file: string): Promise<string[]> {
  const lists = (await readFile(file, "utf8")).matchAll(/^export (?:type )?\{([^}]*)\}/gm);
  return [...lists]
    .flatMap(([, list = ""]) => list.split(","))
    .map((item) =>
      item
        .trim()
        .replace(/^type /, "")
        .replace(/^.* as /, ""),
    )
    .filter((name) => name !== "")
    .sort();
}
