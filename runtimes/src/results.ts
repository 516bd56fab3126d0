import { describe } from "vitest";
import { type RuntimeName, runtimeNames, runtimes } from "./runtimes.ts";
import { formatTable } from "./table.ts";

/** Below the name of a row, what became of it on each runtime. */
const rows = new Map<string, Map<RuntimeName, string>>();

/** Writes a cell of the table that is printed in the end. */
export function note(row: string, runtime: RuntimeName, text: string | number): void {
  rows.set(row, (rows.get(row) ?? new Map()).set(runtime, `${text}`));
}

/** What a cell says of tests. */
export function countOf(passed: number, failed: number): string {
  return failed === 0 ? `${passed}` : `${passed}, ${failed} failed`;
}

/**
 * A row's tests on a runtime, skipped where that is missing.
 *
 * @param define is given what is to be called before they run: should they break, the table says so
 */
export function describeOn(
  row: string,
  runtime: RuntimeName,
  define: (begin: () => void) => void,
): void {
  const { install } = runtimes[runtime];
  note(row, runtime, install === undefined ? "not run" : "missing");
  const missing = install === undefined ? "" : ` (needs ${runtime}: ${install})`;
  describe.skipIf(missing)(`${row} on ${runtime}${missing}`, () =>
    define(() => note(row, runtime, "broke")),
  );
}

/** What ran where; `-` where a suite is not for the runtime. */
export function formatResults(): string {
  const cells = [...rows].map(([row, cells]) => [
    row,
    ...runtimeNames.map((name) => cells.get(name) ?? "-"),
  ]);
  return formatTable([["tests passed", ...runtimeNames], ...cells]);
}
