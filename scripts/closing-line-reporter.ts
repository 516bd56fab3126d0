import type { Reporter, TestModule } from "vitest/node";

/**
 * Prints one closing line, `N passed, N failed, N skipped`, and in CI makes a skipped test a failure:
 * what was left out must not look like what was tried.
 */
export class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const count = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) count[test.result().state] += 1;
      // A hook that failed leaves the tests behind it skipped: that is a failure, too.
      const groups = [module, ...module.children.allSuites()];
      count.failed += groups.filter((group) => group.errors().length > 0).length;
    }
    const { passed, failed } = count;
    const skipped = count.skipped + count.pending;
    process.stdout.write(`\n${passed} passed, ${failed} failed, ${skipped} skipped\n`);
    if (process.env.CI && skipped > 0) {
      process.stdout.write("In CI no test may be skipped.\n");
      process.exitCode = 1;
    }
  }
}
