import { apiKeyCases } from "./api-keys.ts";
import { basicCases } from "./basic.ts";
import { callerScenarios } from "./caller-scenarios.ts";
import type { AttackCase } from "./case.ts";
import { claimCases } from "./claims.ts";
import { digestCases } from "./digest.ts";
import { dpopCases } from "./dpop.ts";
import { encodingCases } from "./encoding.ts";
import { headerCases } from "./header.ts";
import { insiderCases } from "./insiders.ts";
import { confusionCases } from "./key-confusion.ts";
import type { AttackKit } from "./kit.ts";
import { oauth1Cases } from "./oauth1.ts";
import type { Scenario } from "./scenario.ts";
import { signatureCases } from "./signature.ts";
import { tokenScenarios } from "./token-scenarios.ts";
import { severalSchemesCases, transportCases } from "./transport.ts";

/** The attacks on any endpoint that are one request each, in an order that some of them depend on. */
export const outsiderCases: readonly AttackCase[] = [
  ...signatureCases,
  ...confusionCases,
  ...headerCases,
  ...claimCases,
  ...encodingCases,
  ...transportCases,
  ...dpopCases,
  ...basicCases,
  ...apiKeyCases,
  ...oauth1Cases,
  ...digestCases,
];

/** Those that are more than one request each. */
export const scenarios: readonly Scenario[] = [...tokenScenarios, ...callerScenarios];

/** All attacks on a server that are one request each. */
export const corpus: readonly AttackCase<AttackKit>[] = [
  ...outsiderCases,
  ...severalSchemesCases,
  ...insiderCases,
];
