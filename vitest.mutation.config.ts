import { defineConfig } from "vitest/config";
import base from "./vitest.config.ts";

const { projects: _, ...shared } = base.test ?? {};

/** The tests that kill mutants of core: core's own, without the type tests. */
export default defineConfig({
  ...base,
  test: {
    ...shared,
    include: ["packages/core/src/**/*.test.ts"],
    typecheck: { enabled: false },
    reporters: [],
  },
});
