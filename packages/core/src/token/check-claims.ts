import {
  audienceMismatch,
  claimInvalid,
  clientMismatch,
  tokenExpired,
  tokenNotYetValid,
  tokenTypeMismatch,
} from "../guard/refusals.ts";
import { type Rejection, wrong } from "../guard/verdict.ts";
import { toSeconds } from "../wire/clock.ts";
import type { JsonObject } from "../wire/strict-json.ts";
import type { Recipients } from "./audience.ts";
import { normalizeType } from "./normalize-type.ts";
import type { TokenHeader } from "./parse-token.ts";
import type { TrustedIssuer } from "./trusted-issuer.ts";

/**
 * Checks what a token says, once its signature holds (RFC 7519 §4.1, RFC 8725 §3), and gives the
 * first thing that is wrong.
 *
 * @param now milliseconds since the epoch
 */
export function checkClaims(
  header: TokenHeader,
  claims: JsonObject,
  issuer: TrustedIssuer,
  now: number,
): Rejection | undefined {
  return (
    checkType(header.typ, issuer) ??
    checkKind(claims) ??
    checkExpiry(claims) ??
    checkKinds(claims) ??
    (issuer.profile === "rfc9068" ? checkAccessTokenProfile(claims) : undefined) ??
    checkTimes(claims, toSeconds(now), issuer.clockTolerance) ??
    checkAudience(claims, issuer)
  );
}

/** What {@link checkClaims} checks, in its order. */
export const claimChecks = [
  tokenTypeMismatch,
  claimInvalid,
  tokenExpired,
  tokenNotYetValid,
  audienceMismatch,
  clientMismatch,
] as const;

function checkType(typ: string | undefined, { types, profile }: TrustedIssuer) {
  const isRight = typ === undefined ? profile === undefined : types.includes(normalizeType(typ));
  return isRight ? undefined : wrong(tokenTypeMismatch, `typ ${types.join(" or ")}`, typ);
}

/** Tokens of other kinds that the same issuer gives out (RFC 8725 §3.11 and 3.12). */
export function checkKind(claims: JsonObject): Rejection | undefined {
  const isAnotherKind =
    namesAnotherKind(claims.token_use) ||
    namesAnotherKind(claims.typ) ||
    claims.at_hash !== undefined ||
    claims.nonce !== undefined;
  return isAnotherKind
    ? wrong(tokenTypeMismatch, "an access token", "an ID token or a refresh token")
    : undefined;
}

/** As Cognito and Ory Hydra (`token_use`) and Keycloak (`typ`) call them. */
function namesAnotherKind(kind: unknown): boolean {
  return typeof kind === "string" && /^(id|refresh|offline)(_token)?$/i.test(kind);
}

/** A JWT that never expires could not be got rid of. */
function checkExpiry({ exp }: JsonObject) {
  return exp === undefined ? wrong(claimInvalid, "exp", exp) : undefined;
}

/** Whether the claims that are there are of the kind that they must be (RFC 7519 §4.1). */
export function checkKinds({ exp, nbf, iat, aud, sub }: JsonObject): Rejection | undefined {
  const untimely = checkDate("exp", exp) ?? checkDate("nbf", nbf) ?? checkDate("iat", iat);
  if (untimely !== undefined) return untimely;
  const named = Array.isArray(aud) ? aud : [aud];
  if (aud !== undefined && !named.every((value) => typeof value === "string")) {
    return wrong(claimInvalid, "aud: a string or an array of strings", typeof aud);
  }
  // A token may name nobody, but a subject that is there is a StringOrURI (RFC 7519 §4.1.2).
  return sub === undefined || (typeof sub === "string" && sub !== "")
    ? undefined
    : wrong(claimInvalid, "sub: a string that is not empty", typeof sub);
}

function checkDate(name: string, value: unknown): Rejection | undefined {
  return value === undefined || Number.isFinite(value)
    ? undefined
    : wrong(claimInvalid, `${name}: a finite number of seconds`, typeof value);
}

/** What a token says of its time. */
export interface Times {
  readonly exp?: unknown;
  readonly nbf?: unknown;
  readonly iat?: unknown;
}

/**
 * Whether this is the time for a token, as far as it says (RFC 7519 §4.1.4 to 4.1.6).
 *
 * @param claims of the right kinds
 * @param now seconds since the epoch
 * @param tolerance seconds
 */
export function checkTimes(
  { exp, nbf, iat }: JsonObject | Times,
  now: number,
  tolerance: number,
): Rejection | undefined {
  if (now >= Number(exp) + tolerance) return wrong(tokenExpired, `exp after ${now}`, exp);
  return checkStart("nbf", nbf, now + tolerance) ?? checkStart("iat", iat, now + tolerance);
}

function checkStart(name: string, start: unknown, latest: number): Rejection | undefined {
  return Number(start) > latest
    ? wrong(tokenNotYetValid, `${name} not after ${latest}`, start)
    : undefined;
}

/**
 * Whether a token is meant for us, and was issued to a client of ours (RFC 7519 §4.1.3).
 *
 * @param claims of the right kinds
 */
export function checkAudience(
  claims: JsonObject,
  { audiences, clientIds }: Recipients,
): Rejection | undefined {
  const { aud } = claims;
  const named = Array.isArray(aud) ? aud : [aud];
  if (audiences && !named.some((value) => audiences.includes(value as string))) {
    return wrong(audienceMismatch, audiences.join(" or "), named.join(", "));
  }
  const clientId = clientIdOf(claims);
  if (clientIds && !clientIds.includes(clientId as string)) {
    return wrong(clientMismatch, clientIds.join(" or "), clientId);
  }
  return undefined;
}

/** The client that a token was issued to (RFC 9068 §2.2, OpenID Connect Core §2). */
export function clientIdOf({ client_id, azp }: JsonObject): string | undefined {
  const clientId = client_id ?? azp;
  return typeof clientId === "string" ? clientId : undefined;
}

/** What the profile for JWT access tokens requires besides (RFC 9068 §2.2). */
function checkAccessTokenProfile(claims: JsonObject) {
  const { iss, sub, client_id, jti, iat, aud } = claims;
  const isComplete =
    [iss, sub, client_id, jti].every((name) => name && typeof name === "string") &&
    iat !== undefined &&
    aud !== undefined &&
    !(Array.isArray(aud) && aud.length === 0);
  return isComplete
    ? undefined
    : wrong(claimInvalid, "iss, sub, client_id, jti, iat and aud (RFC 9068)", "not all of them");
}
