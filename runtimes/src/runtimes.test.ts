import { afterAll, expect, test } from "vitest";
import { testBrowserStorage } from "./browser-storage.ts";
import { testClientContract } from "./client-contract.ts";
import { leftOut } from "./left-out.ts";
import { testPackages } from "./packages.ts";
import { formatResults } from "./results.ts";
import { runtimeNames } from "./runtimes.ts";
import { concerns, suites, testFilesOf } from "./suites.ts";

// In one file, so that there is one table, and the runtimes do not run beside each other.
testPackages();
testClientContract();
testBrowserStorage();

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
  const notes = leftOut.map(({ files, tests = [], on, why }) => {
    const named = tests.map((each) => ` "${each}"`).join("");
    const where = on.length === runtimeNames.length ? "nowhere" : `not on ${on.join(", ")}`;
    return `${where}: ${why}\n  ${files.join(", ")}${named}`;
  });
  process.stdout.write(`\n${formatResults()}\n\nLeft out:\n${notes.join("\n")}\n\n`);
});
