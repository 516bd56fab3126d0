import { packageBuild } from "../../tsup.base.ts";

export default packageBuild({
  index: "src/index.ts",
  attack: "src/attack.ts",
  matchers: "src/matchers.ts",
  vitest: "src/vitest.ts",
  "adapter-contract": "src/adapter-contract.ts",
  "bin/countersign-attack": "src/bin/countersign-attack.ts",
  "bin/countersign-test-issuer": "src/bin/countersign-test-issuer.ts",
});
