/** The suites that every implementation of a store must pass: `@countersign/core/state/contract`. */
export { type ContractCase, refreshTokenContract } from "./refresh-token-contract.ts";
export { replayContract } from "./replay-contract.ts";
export { revocationContract } from "./revocation-contract.ts";
