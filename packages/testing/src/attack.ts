/** Attacks on an endpoint in any language: `@countersign/testing/attack`. */
export type { RawAnswer } from "./adapter-contract/exchange.ts";
export { type AttackOptions, attack } from "./attack/attack.ts";
export { type AttackCaseInfo, attackCases } from "./attack/attack-cases.ts";
export {
  type AttackIssuer,
  type AttackIssuerOptions,
  createAttackIssuer,
} from "./attack/attack-issuer.ts";
export type { ApiKeyCaller, Callers, OAuth1Caller, PasswordCaller } from "./attack/callers.ts";
export { formatReport } from "./attack/format-report.ts";
export { type AttackReport, type AttackResult, type Grade, grades } from "./attack/report.ts";
export { type Call, type Send, type SendRaw, sendOverHttp } from "./attack/send.ts";
export type { AttackTarget, Door, KnownKey } from "./attack/target.ts";
export { type Coverage, toCoverage } from "./attack/to-coverage.ts";
export { toJUnit } from "./attack/to-junit.ts";
