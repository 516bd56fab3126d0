/** The contract that every adapter is held to: `@countersign/testing/adapter-contract`. */
export { type ContractCase, contractCases, guardedHeaders } from "./adapter-contract/cases.ts";
export { exchange, type RawAnswer, type RawRequest } from "./adapter-contract/exchange.ts";
export {
  type ContractKit,
  type ContractRoute,
  createContractKit,
  describePrincipal,
} from "./adapter-contract/kit.ts";
