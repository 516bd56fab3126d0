import { once } from "node:events";
import { makeCalls } from "./calls.ts";
import { curlLines } from "./curl.ts";
import { type Fleet, startFleet } from "./fleet.ts";
import { type Options, parseOptions } from "./options.ts";
import { makeRefusals } from "./refusals.ts";
import { formatTable, isRight } from "./row.ts";

/** Runs the tour, and gives its exit code. */
async function tour(options: Options, fleet: Fleet): Promise<number> {
  const calls = await makeCalls(fleet);
  console.log("\nLet in\n");
  console.log(formatTable(["scheme", "framework", "request", "status", "who"], calls));
  const refusals = await makeRefusals(fleet);
  console.log("\nRefused\n");
  console.log(formatTable(["credential", "framework", "request", "status", "reason"], refusals));

  const rows = [...calls, ...refusals];
  const wrong = rows.filter((row) => !isRight(row)).length;
  console.log(
    wrong === 0
      ? `\nAll ${rows.length} rows came out as they should.`
      : `\n${wrong} of ${rows.length} rows came out wrong; they are marked with "!".`,
  );
  if (!options.once) {
    console.log("\nThe servers stay up until Ctrl+C. Paste any of these:\n");
    console.log(curlLines(fleet));
    await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  }
  return wrong === 0 ? 0 : 1;
}

try {
  const options = parseOptions(process.argv.slice(2));
  console.log("Starting the auth server and the APIs …");
  const fleet = await startFleet(options);
  try {
    process.exitCode = await tour(options, fleet);
  } finally {
    await fleet.stop();
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
