import {
  audienceMismatch,
  bindingUnsupported,
  claimInvalid,
  clientMismatch,
  issuerMismatch,
  tokenExpired,
  tokenInactive,
  tokenNotYetValid,
  tokenTypeMismatch,
} from "../guard/refusals.ts";
import { type Rejection, wrong } from "../guard/verdict.ts";
import type { Recipients } from "../token/audience.ts";
import { checkAudience, checkKind, checkKinds, checkTimes } from "../token/check-claims.ts";
import { toSeconds } from "../wire/clock.ts";
import type { Answer } from "./answer.ts";

/** What answers are held against. */
export interface ExpectedAnswer extends Recipients {
  /** `undefined`: whoever runs the endpoint. */
  readonly issuer: string | undefined;
}

/** Seconds by which clocks may differ. */
const clockTolerance = 30;

/**
 * Checks what the issuer says of a token: that one is active is not yet that it is an access token, for
 * us, from the issuer we trust (RFC 7662 §4).
 *
 * @param now milliseconds since the epoch
 */
export function checkAnswer(
  answer: Answer,
  expected: ExpectedAnswer,
  now: number,
): Rejection | undefined {
  if (!answer.active) return wrong(tokenInactive, "active: true", "active: false");
  return (
    checkType(answer, expected) ??
    checkKind(answer) ??
    checkIssuer(answer, expected) ??
    checkKinds(answer) ??
    checkTimes(answer, toSeconds(now), clockTolerance) ??
    checkAudience(answer, expected) ??
    checkBound(answer)
  );
}

/** What {@link checkAnswer} checks, in its order, but for what belongs to the binding. */
export const answerChecks = [
  tokenInactive,
  tokenTypeMismatch,
  issuerMismatch,
  claimInvalid,
  tokenExpired,
  tokenNotYetValid,
  audienceMismatch,
  clientMismatch,
] as const;

/**
 * `token_type` is that of RFC 6749 §7.1, without case. It may be absent, as it is from many an answer
 * about a refresh token: then `aud` must show that the token is meant for an API.
 */
function checkType({ token_type: type }: Answer, { audiences }: ExpectedAnswer) {
  const isRight =
    type === undefined
      ? audiences !== undefined
      : typeof type === "string" && /^(bearer|dpop)$/i.test(type);
  return isRight ? undefined : wrong(tokenTypeMismatch, "token_type Bearer or DPoP", textOf(type));
}

/** A token to be sent as DPoP is bound to a key, which the answer must name (RFC 9449 §6.2). */
function checkBound({ token_type: type, cnf }: Answer) {
  const isUnclear = typeof type === "string" && /^dpop$/i.test(type) && cnf === undefined;
  return isUnclear ? wrong(bindingUnsupported, "cnf beside token_type DPoP", cnf) : undefined;
}

/** Optional (RFC 7662 §2.2): the answer came from the issuer itself. */
function checkIssuer({ iss }: Answer, { issuer }: ExpectedAnswer) {
  const isRight = iss === undefined || (typeof iss === "string" && (!issuer || iss === issuer));
  return isRight ? undefined : wrong(issuerMismatch, issuer ?? "a string", textOf(iss));
}

/** Not every JSON value can be made a string. */
function textOf(value: unknown): string {
  return typeof value === "string" ? value : typeof value;
}
