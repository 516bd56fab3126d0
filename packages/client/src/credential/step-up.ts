import { parseChallenges } from "@countersign/core/wire";
import type { StepUpDemand } from "../token/token-source.ts";
import type { Answer } from "./credential.ts";

/**
 * What an answer demands beyond a token that is good: more scope (403, RFC 6750 §3.1), or another login
 * (401, RFC 9470 §3). `undefined` when it demands nothing, or the call has been stepped up for already.
 *
 * @example
 * async stepUp(answer, refused) {
 *   const demand = readDemand(answer);
 *   return demand && login(demand);
 * }
 */
export function readDemand(answer: Answer): StepUpDemand | undefined {
  const error = { 401: "insufficient_user_authentication", 403: "insufficient_scope" }[
    answer.status
  ];
  if (error === undefined || answer.retried.includes("step-up")) return undefined;
  const challenges = parseChallenges(answer.header("www-authenticate") ?? "") ?? [];
  const challenge = challenges.find(
    ({ scheme, params }) => /^(bearer|dpop)$/i.test(scheme) && params.error === error,
  );
  if (challenge === undefined) return undefined;
  const { scope, acr_values: acrValues, max_age: maxAge = "" } = challenge.params;
  return {
    ...(scope !== undefined && { scope }),
    ...(acrValues !== undefined && { acrValues }),
    ...(/^\d{1,9}$/.test(maxAge) && { maxAge: Number(maxAge) }),
  };
}
