import { packageBuild } from "../../tsup.base.ts";

export default packageBuild({
  index: "src/index.ts",
  web: "src/web.ts",
  wire: "src/wire.ts",
  state: "src/state.ts",
  "state/contract": "src/state/contract.ts",
  refusals: "src/refusals.ts",
  adapter: "src/adapter.ts",
  openapi: "src/openapi.ts",
  "bytes-node": "src/wire/bytes-node.ts",
  "bytes-web": "src/wire/bytes-web.ts",
  "channel-node": "src/guard/channel-node.ts",
  "channel-web": "src/guard/channel-web.ts",
  "hash-node": "src/wire/hash-node.ts",
  "hash-web": "src/wire/hash-web.ts",
  "signature-node": "src/keys/signature-node.ts",
  "signature-web": "src/keys/signature-web.ts",
  "slot-node": "src/wire/slot-node.ts",
  "slot-web": "src/wire/slot-web.ts",
});
