/** The suites that every implementation of a store must pass: `@countersign/core/state/contract`. */
export { apiKeyContract } from "./api-key-contract.ts";
export { lockContract } from "./lock-contract.ts";
export { type ContractCase, refreshTokenContract } from "./refresh-token-contract.ts";
export { replayContract } from "./replay-contract.ts";
export { revocationContract } from "./revocation-contract.ts";
export { signingKeyContract } from "./signing-key-contract.ts";
export { throttleContract, throttleContractLimits } from "./throttle-contract.ts";
export { tokenStoreContract } from "./token-store-contract.ts";
