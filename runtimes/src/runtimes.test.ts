import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundleTests } from "./bundle-tests.ts";
import { leftOut } from "./left-out.ts";
import type { FileReport, Reports } from "./report.ts";
import { runtimeNames, runtimes } from "./runtimes.ts";
import { concerns, selectFor, suites, testFilesOf } from "./suites.ts";
import { formatTable } from "./table.ts";

/** What became of each suite, by its name and that of the runtime. */
const cells = new Map<string, string>();

for (const name of runtimeNames) {
  const { target, install, run } = runtimes[name];
  const missing = install === undefined ? "" : ` (needs ${name}: ${install})`;
  for (const suite of suites) {
    const selection = selectFor(suite, name);
    if (selection.length === 0) continue;
    describe.skipIf(missing)(`${suite} on ${name}${missing}`, () => {
      let reports: Reports = {};
      beforeAll(async () => {
        const paths = selection.map(([path]) => path);
        const code = await bundleTests(paths, target);
        reports = (await run(code, { input: selection })) as Reports;
        cells.set(`${suite} ${name}`, countOf(Object.values(reports)));
      }, 300_000);

      test.each(selection)("%s", (path, excluded) => {
        const { failures, passed, skipped = [] } = reports[path] ?? {};
        expect(failures).toEqual({});
        expect(passed).toBeGreaterThan(0);
        const stale = excluded.filter((part) => !skipped.some((each) => each.includes(part)));
        expect(stale, "left out, but there is no such test").toEqual([]);
      });
    });
  }
}

test("whatever is left out is there", () => {
  const paths = suites.flatMap(testFilesOf);
  const stale = leftOut.flatMap((part) =>
    part.files.filter(
      (start) => !paths.some((path) => concerns({ ...part, files: [start] }, path)),
    ),
  );
  expect(stale).toEqual([]);
});

afterAll(() => {
  const rows = suites.map((suite) => [
    suite,
    ...runtimeNames.map((name) => cells.get(`${suite} ${name}`) ?? "-"),
  ]);
  const notes = leftOut.map(({ files, tests = [], on, why }) => {
    const named = tests.map((each) => ` "${each}"`).join("");
    return `${on.length === runtimeNames.length ? "nowhere" : `not on ${on.join(", ")}`}: ${why}\n  ${files.join(", ")}${named}`;
  });
  const table = formatTable([["tests passed", ...runtimeNames], ...rows]);
  process.stdout.write(`\n${table}\n\nLeft out:\n${notes.join("\n")}\n\n`);
});

function countOf(reports: readonly FileReport[]): string {
  let [passed, failed] = [0, 0];
  for (const report of reports) {
    passed += report.passed;
    failed += Object.keys(report.failures).length;
  }
  return failed === 0 ? `${passed}` : `${passed}, ${failed} failed`;
}
