import { bodyCases } from "./body-cases.ts";
import { failureCases } from "./failure-cases.ts";
import { headerCases } from "./header-cases.ts";
import { hiddenRedirectCases, redirectCases } from "./redirect-cases.ts";
import { refusalCases } from "./refusal-cases.ts";
import { retryCases } from "./retry-cases.ts";
import { sendingCases } from "./sending-cases.ts";
import type { Ability, TransportCase } from "./transport-case.ts";

/** The promises of a transport with these abilities, for any test runner and runtime. */
export function transportContract(...abilities: readonly Ability[]): readonly TransportCase[] {
  const all = [
    ...sendingCases,
    ...retryCases,
    ...bodyCases,
    ...(abilities.includes("redirects") ? redirectCases : hiddenRedirectCases),
    ...refusalCases,
    ...failureCases,
    ...headerCases,
  ];
  return all.filter(({ needs = [] }) => needs.every((need) => abilities.includes(need)));
}
