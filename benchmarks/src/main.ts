/** `pnpm bench`: everything side by side, in one run. */
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { toBounds } from "./bounds.ts";
import { client } from "./client.ts";
import { http } from "./http/http.ts";
import type { Measurement } from "./measurement.ts";
import { memory } from "./memory.ts";
import { toBoundsTable, toTables } from "./report.ts";
import { keep } from "./results.ts";
import type { Bench } from "./run.ts";
import { startUp } from "./start-up.ts";
import { growth } from "./verification/growth.ts";
import { refusals } from "./verification/refusals.ts";
import { verification } from "./verification/verification.ts";

const benches: Readonly<Record<string, Bench>> = {
  ...{ verification, refusals, growth, http, client },
  "start-up": startUp,
  memory,
};

const usage = `pnpm bench [--quick] [--check] [--json] [--keep] [group …]

  --quick   two minutes instead of some twenty
  --check   ends with 1 and names every promise that was missed
  --json    prints the figures as JSON
  --keep    writes the figures and their plot to benchmarks/results/
  groups    ${Object.keys(benches).join(", ")}; default: all
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: "boolean", default: false },
    check: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    keep: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const unknown = positionals.filter((name) => !(name in benches));
if (values.help || unknown.length > 0) {
  console.log(unknown.length > 0 ? `There is no group ${unknown.join(", ")}.\n\n${usage}` : usage);
  process.exit(values.help ? 0 : 2);
}

const measured: Measurement[] = [];
for (const [name, bench] of Object.entries(benches)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  const tell = (progress: string) => process.stderr.write(`${progress}\n`);
  measured.push(...(await bench({ isQuick: values.quick, tell })));
}

const bounds = toBounds(measured);
if (values.keep) await keep(measured, bounds);
if (values.json) console.log(JSON.stringify({ measured, bounds }, null, 2));
else {
  console.log(`Node ${process.versions.node}, ${cpus().length} x ${cpus()[0]?.model}\n`);
  console.log(toTables(measured));
  console.log(`What has to hold\n${toBoundsTable(bounds)}`);
}
const missed = bounds.filter(({ holds }) => !holds);
if (values.check && missed.length > 0) {
  console.error(`\n${missed.length} missed:\n${missed.map(({ name }) => `  ${name}`).join("\n")}`);
  process.exitCode = 1;
}
