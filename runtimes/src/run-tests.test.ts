import { describe, expect, test } from "vitest";
import { bundleTests } from "./bundle-tests.ts";
import type { Reports } from "./report.ts";
import { runtimeNames, runtimes } from "./runtimes.ts";

const path = "../runtimes/src/failing.fixture.ts";

describe("a file whose tests fail is seen to fail", () => {
  for (const name of runtimeNames) {
    const { target, install, run } = runtimes[name];
    const missing = install === undefined ? "" : ` (needs ${name}: ${install})`;
    test.skipIf(missing)(`${name}${missing}`, { timeout: 120_000 }, async () => {
      const code = await bundleTests([path], target);
      const input = [[path, ["is odd: 1"]]];
      const reports = (await run(code, { input })) as Reports;
      expect(reports[path]).toEqual({
        passed: 3,
        failures: {
          "is wrong": expect.stringContaining("expected 2 to be 3"),
          rejects: expect.stringContaining("as it should"),
          "was called too often": expect.stringContaining("to not be called at all"),
          "never ends": expect.stringContaining("timed out in 50ms"),
          "is odd: 2": expect.stringContaining("expected +0 to be 1"),
          "a group that cannot be set up": expect.stringContaining("as it should"),
          "rejection 1": expect.stringContaining("nobody waits for this"),
        },
        skipped: ["is odd: 1", "a group that cannot be set up > is not run"],
      });
    });
  }
});
