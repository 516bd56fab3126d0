/** The contract that every adapter is held to: `@countersign/testing/adapter-contract`. */
export { type ContractCase, guardedHeaders } from "./adapter-contract/case.ts";
export { contractCases } from "./adapter-contract/cases.ts";
export { exchange, type RawAnswer, type RawRequest } from "./adapter-contract/exchange.ts";
export {
  type ContractCall,
  type ContractKit,
  type ContractRoute,
  createContractKit,
} from "./adapter-contract/kit.ts";
