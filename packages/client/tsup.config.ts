import { packageBuild } from "../../tsup.base.ts";

export default packageBuild({
  index: "src/index.ts",
  node: "src/node.ts",
  axios: "src/axios.ts",
  undici: "src/undici.ts",
  snippet: "src/snippet.ts",
});
