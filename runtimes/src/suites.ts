import { globSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type LeftOutPart, leftOut } from "./left-out.ts";
import type { Selection } from "./report.ts";
import type { RuntimeName } from "./runtimes.ts";

/** The packages whose suites are to hold on every runtime. */
export const suites = ["core", "client", "hono", "testing"] as const;
export type Suite = (typeof suites)[number];

const packages = fileURLToPath(new URL("../../packages/", import.meta.url));

/** The test files of a package, below `packages`. */
export function testFilesOf(suite: Suite): string[] {
  return globSync(`${suite}/src/**/*.test.ts`, { cwd: packages }).sort();
}

/** What of a package's tests is run on a runtime. */
export function selectFor(suite: Suite, runtime: RuntimeName): Selection {
  return testFilesOf(suite).flatMap((path) => {
    const parts = leftOut.filter((part) => part.on.includes(runtime) && concerns(part, path));
    if (parts.some(({ tests }) => tests === undefined)) return [];
    return [[path, parts.flatMap(({ tests = [] }) => tests)] as const];
  });
}

export function concerns({ files }: LeftOutPart, path: string): boolean {
  return files.some((start) => path.startsWith(start));
}
