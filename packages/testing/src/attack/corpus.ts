import type { AttackCase } from "./case.ts";
import { claimCases } from "./claims.ts";
import { dpopCases } from "./dpop.ts";
import { encodingCases } from "./encoding.ts";
import { headerCases } from "./header.ts";
import { confusionCases } from "./key-confusion.ts";
import { otherSchemeCases } from "./other-schemes.ts";
import { signatureCases } from "./signature.ts";
import { transportCases } from "./transport.ts";

/** All attacks on a server that are one request each, in an order that some of them depend on. */
export const corpus: readonly AttackCase[] = [
  ...signatureCases,
  ...confusionCases,
  ...headerCases,
  ...claimCases,
  ...encodingCases,
  ...transportCases,
  ...dpopCases,
  ...otherSchemeCases,
];
