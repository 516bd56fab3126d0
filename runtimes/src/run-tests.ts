import { type RunnerTestFile, TestRunner, vi } from "vitest";
import { setSafeTimers, startTests } from "vitest/internal/browser";
import type { FileReport, LeftOut } from "./report.ts";
import { watchRejections } from "./watch-rejections.ts";

type Runner = Parameters<typeof startTests>[1];
type Task = RunnerTestFile["tasks"][number];

/** What vitest's own server would send; of its settings, those that running tests reads. */
const config = {
  root: "",
  setupFiles: [],
  sequence: { hooks: "stack", setupFiles: "list", shuffle: false, concurrent: false, seed: 0 },
  testTimeout: 20_000,
  hookTimeout: 20_000,
  retry: 0,
  maxConcurrency: 5,
  tags: [],
  allowOnly: false,
  passWithNoTests: false,
  fakeTimers: { loopLimit: 10_000, shouldClearNativeTimers: true },
  expect: {},
  experimental: {},
} as unknown as Runner["config"];

/** Runs one test file by vitest's own runner, in whatever runtime this is bundled for. */
export async function runTests(
  path: string,
  load: () => Promise<unknown>,
  leftOut: LeftOut,
): Promise<FileReport> {
  // Where `vi` and `expect` look for the test that runs.
  const worker: { current?: unknown } = {};
  Object.assign(worker, { config, ctx: {} });
  Object.assign(globalThis, { __vitest_worker__: worker });
  // Before a test turns the clock: the runner waits by the real one.
  setSafeTimers();
  const own = { config, assertionsErrors: new WeakMap(), benchInstances: new WeakMap() };
  const runner: Runner = {
    config,
    importFile: load,
    onBeforeRunTask(test) {
      worker.current = test;
      if (leftOut.some((part) => nameOf(test).includes(part))) test.mode = "skip";
    },
    extendTaskContext: (context) => TestRunner.prototype.extendTaskContext.call(own, context),
  };
  const { randomUUID } = crypto;
  const endWatch = watchRejections();
  const [file] = await startTests([path], runner);
  // What a file leaves changed must not reach the next: this process runs them all.
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
  // Of what a prototype does not let be configured, which it is on Bun, vitest leaves its copy behind.
  if (crypto.randomUUID !== randomUUID) crypto.randomUUID = randomUUID;
  // Runtimes tell of a rejection when its turn of the event loop is over.
  await new Promise((resolve) => setTimeout(resolve));
  const rejections = endWatch();
  if (file === undefined) throw new Error(`${path} was not run.`);
  const { failures, ...report } = reportOf(file);
  const unheard = rejections.map((reason, index) => [`rejection ${index + 1}`, textOf(reason)]);
  return { ...report, failures: { ...failures, ...Object.fromEntries(unheard) } };
}

/** Its name below those of its groups. */
function nameOf({ name, suite }: Task): string {
  const names = [name];
  for (let above = suite; above?.name; above = above.suite) names.unshift(above.name);
  return names.join(" > ");
}

function reportOf(file: RunnerTestFile): FileReport {
  const failures: Record<string, string> = {};
  const skipped: string[] = [];
  let passed = 0;
  const visit = (task: Task | RunnerTestFile, name: string) => {
    const { state, errors = [] } = task.result ?? {};
    if (state === "fail" && errors.length > 0) failures[name] = errors.map(textOf).join("\n");
    if (task.type === "suite") for (const each of task.tasks) visit(each, nameOf(each));
    else if (state === "pass") passed += 1;
    else if (state === "fail") failures[name] ??= "failed";
    else skipped.push(name);
  };
  visit(file, file.name);
  return { passed, failures, skipped };
}

function textOf(error: unknown): string {
  const { message, stack = "" } = Object(error);
  return `${message ?? error}\n${stack}`;
}
