import type { AttackCase } from "./case.ts";
import { claimCases } from "./claims.ts";
import { dpopCases } from "./dpop.ts";
import { encodingCases } from "./encoding.ts";
import { headerCases } from "./header.ts";
import { confusionCases } from "./key-confusion.ts";
import type { AttackKit } from "./kit.ts";
import { otherSchemeCases } from "./other-schemes.ts";
import { signatureCases } from "./signature.ts";
import { severalSchemesCases, transportCases } from "./transport.ts";

/** The attacks on any endpoint that takes tokens, in an order that some of them depend on. */
export const tokenCases: readonly AttackCase[] = [
  ...signatureCases,
  ...confusionCases,
  ...headerCases,
  ...claimCases,
  ...encodingCases,
  ...transportCases,
  ...dpopCases,
];

/** All attacks on a server that are one request each. */
export const corpus: readonly AttackCase<AttackKit>[] = [
  ...tokenCases,
  ...severalSchemesCases,
  ...otherSchemeCases,
];
