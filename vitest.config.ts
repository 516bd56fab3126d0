import { defineConfig } from "vitest/config";
import { ClosingLineReporter } from "./scripts/closing-line-reporter.ts";

const source = "@countersign/source";

export default defineConfig({
  // Tests run on the packages' sources, so no build is needed to try a change.
  resolve: { conditions: [source] },
  ssr: { resolve: { conditions: [source, "node"], externalConditions: [source] } },
  test: {
    include: ["packages/*/src/**/*.test.ts", "apps/*/src/**/*.test.ts", "release/src/**/*.test.ts"],
    typecheck: {
      enabled: true,
      include: ["packages/*/src/**/*.test-d.ts"],
      tsconfig: "./tsconfig.json",
    },
    reporters: ["default", new ClosingLineReporter()],
    testTimeout: 20_000,
  },
});
