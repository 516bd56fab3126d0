import { beforeAll, expect, test } from "vitest";
import { bundleTests } from "./bundle-tests.ts";
import type { Reports } from "./report.ts";
import { countOf, describeOn, note } from "./results.ts";
import { runtimeNames, runtimes } from "./runtimes.ts";
import { selectFor, suites, testFilesOf } from "./suites.ts";

/** The packages' own test files. */
export function testPackages(): void {
  for (const suite of suites) {
    const files = `${suite}, of ${testFilesOf(suite).length} files`;
    const tests = `${suite}, left out of these`;
    for (const name of runtimeNames) {
      const selection = selectFor(suite, name);
      if (selection.length === 0) continue;
      describeOn(suite, name, (begin) => {
        let reports: Reports = {};
        beforeAll(async () => {
          begin();
          const { target, run } = runtimes[name];
          const paths = selection.map(([path]) => path);
          const code = await bundleTests(paths, target);
          reports = (await run(code, { input: selection })) as Reports;
          const all = Object.values(reports);
          const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
          const failed = all.map(({ failures }) => Object.keys(failures).length);
          note(suite, name, countOf(sum(all.map(({ passed }) => passed)), sum(failed)));
          note(files, name, all.length);
          note(tests, name, sum(all.map(({ skipped }) => skipped.length)));
        }, 300_000);

        test.each(selection)("%s", (path, excluded) => {
          const { failures, passed, skipped = [] } = reports[path] ?? {};
          expect(failures).toEqual({});
          expect(passed).toBeGreaterThan(0);
          const stale = excluded.filter((part) => !skipped.some((each) => each.includes(part)));
          expect(stale, "left out, but there is no such test").toEqual([]);
        });
      });
      for (const row of [files, tests]) note(row, name, "");
    }
  }
}
