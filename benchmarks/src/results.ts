import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { cpus } from "node:os";
import type { Bound } from "./bounds.ts";
import type { Measurement } from "./measurement.ts";
import { toPlot } from "./plot.ts";

const folder = new URL("../results/", import.meta.url);

/** Keeps a run in the repository: its figures, with versions and machine, and their plots. */
export async function keep(measured: readonly Measurement[], bounds: readonly Bound[]) {
  await mkdir(folder, { recursive: true });
  const record = {
    date: new Date().toISOString().slice(0, 10),
    node: process.versions.node,
    machine: `${cpus().length} x ${cpus()[0]?.model}`,
    versions: await readVersions(),
    bounds: bounds.map(({ value, ...bound }) => ({ ...bound, value: rounded(value) })),
    measured: measured.map((each) => ({
      ...each,
      value: rounded(each.value),
      rounds: each.rounds.map(rounded),
    })),
  };
  await writeFile(new URL("results.json", folder), `${JSON.stringify(record, null, 1)}\n`);
  for (const name of ["verification", "http"] as const) {
    const figures = measured.filter(({ group }) => group === name);
    if (figures.length > 0) await writeFile(new URL(`${name}.svg`, folder), await toPlot(figures));
  }
}

/** The versions of everything that was measured. */
async function readVersions(): Promise<Record<string, string>> {
  const manifest = new URL("../package.json", import.meta.url);
  const { dependencies } = JSON.parse(await readFile(manifest, "utf8"));
  const { resolve } = createRequire(import.meta.url);
  const versions: Record<string, string> = {};
  for (const name of Object.keys(dependencies)) {
    const paths = resolve.paths(name) ?? [];
    for (const path of paths) {
      const text = await readFile(`${path}/${name}/package.json`, "utf8").catch(() => undefined);
      if (text === undefined) continue;
      versions[name] = JSON.parse(text).version;
      break;
    }
  }
  return versions;
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
