import { packageBuild } from "../../tsup.base.ts";

export default packageBuild({
  index: "src/index.ts",
  web: "src/web.ts",
  wire: "src/wire.ts",
  state: "src/state.ts",
  "state/contract": "src/state/contract.ts",
  adapter: "src/adapter.ts",
  openapi: "src/openapi.ts",
  "channel-node": "src/guard/channel-node.ts",
  "channel-web": "src/guard/channel-web.ts",
  "hash-node": "src/wire/hash-node.ts",
  "hash-web": "src/wire/hash-web.ts",
});
