import { defineConfig } from "vitest/config";
import { ClosingLineReporter } from "./scripts/closing-line-reporter.ts";

const source = "@countersign/source";

export default defineConfig({
  // Tests run on the packages' sources, so no build is needed to try a change.
  resolve: { conditions: [source] },
  ssr: { resolve: { conditions: [source, "node"], externalConditions: [source] } },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "node",
          include: ["{packages,apps}/*/src/**/*.test.ts", "{release,runtimes}/src/**/*.test.ts"],
        },
      },
      {
        // The same tests of all that Node does in a way of its own, as runtimes without it do it.
        extends: true,
        ssr: { resolve: { conditions: [source, "workerd"] } },
        test: {
          name: "web",
          include: ["packages/core/src/{dpop,introspection,keys,token,wire}/**/*.test.ts"],
          exclude: ["**/*-node.test.ts"],
          typecheck: { enabled: false },
        },
      },
    ],
    typecheck: {
      // Projects do not hear of this flag by themselves.
      enabled: !process.argv.includes("--typecheck.enabled=false"),
      include: ["packages/*/src/**/*.test-d.ts"],
      tsconfig: "./tsconfig.json",
    },
    reporters: ["default", new ClosingLineReporter()],
    testTimeout: 20_000,
  },
});
