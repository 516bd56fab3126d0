/**
 * The matchers for vitest, with their types: `setupFiles: ["@countersign/testing/vitest"]`, or
 * `import "@countersign/testing/vitest"` in a test. And a fixture that closes by itself.
 */
import { expect } from "vitest";
import { createTestIssuer, type TestIssuer } from "./issuer/create-test-issuer.ts";
import type { TestIssuerOptions } from "./issuer/options.ts";
import { type CountersignMatchers, matchers } from "./matchers.ts";

// Declarations are merged by their type parameters: these are vitest's own.
declare module "vitest" {
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown>
    extends CountersignMatchers<R> {}
}

expect.extend(matchers);

/**
 * A fixture for `test.extend`: a test issuer of each test's own, closed when the test has ended.
 *
 * @example
 * const issuerTest = test.extend({ issuer: testIssuer({ algorithm: "RS256" }) });
 * issuerTest("takes its tokens", async ({ issuer }) => call(await issuer.mint()));
 */
export function testIssuer(options?: TestIssuerOptions) {
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads from it which fixtures this one needs
  return async ({}, use: (issuer: TestIssuer) => Promise<void>): Promise<void> => {
    const issuer = createTestIssuer(options);
    try {
      await use(issuer);
    } finally {
      await issuer.close();
    }
  };
}
