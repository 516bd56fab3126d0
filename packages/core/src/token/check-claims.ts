import { type Rejection, wrong } from "../guard/verdict.ts";
import { toSeconds } from "../wire/clock.ts";
import type { JsonObject } from "../wire/strict-json.ts";
import type { Recipients } from "./audience.ts";
import { normalizeType } from "./normalize-type.ts";
import type { ParsedToken } from "./parse-token.ts";
import type { TrustedIssuer } from "./trusted-issuer.ts";

/**
 * Checks what a token says, once its signature holds (RFC 7519 §4.1, RFC 8725 §3), and gives the
 * first thing that is wrong.
 *
 * @param now milliseconds since the epoch
 */
export function checkClaims(
  { header, claims }: ParsedToken,
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
  "token_type_mismatch",
  "claim_invalid",
  "token_expired",
  "token_not_yet_valid",
  "audience_mismatch",
  "client_mismatch",
] as const;

function checkType(typ: string | undefined, { types, profile }: TrustedIssuer) {
  const type = normalizeType(typ);
  const isRight = type === undefined ? profile === undefined : types.includes(type);
  return isRight ? undefined : wrong("token_type_mismatch", `typ ${types.join(" or ")}`, type);
}

/** Tokens of other kinds that the same issuer gives out (RFC 8725 §3.11 and 3.12). */
export function checkKind(claims: JsonObject): Rejection | undefined {
  const isAnotherKind =
    [claims.token_use, claims.typ].some(namesAnotherKind) ||
    claims.at_hash !== undefined ||
    claims.nonce !== undefined;
  return isAnotherKind
    ? wrong("token_type_mismatch", "an access token", "an ID token or a refresh token")
    : undefined;
}

/** As Cognito and Ory Hydra (`token_use`) and Keycloak (`typ`) call them. */
function namesAnotherKind(kind: unknown): boolean {
  return typeof kind === "string" && /^(id|refresh|offline)(_token)?$/i.test(kind);
}

/** A JWT that never expires could not be got rid of. */
function checkExpiry({ exp }: JsonObject) {
  return exp === undefined ? wrong("claim_invalid", "exp", exp) : undefined;
}

/** Whether the claims that are there are of the kind that they must be (RFC 7519 §4.1). */
export function checkKinds({ exp, nbf, iat, aud, sub }: JsonObject): Rejection | undefined {
  for (const [name, value] of Object.entries({ exp, nbf, iat })) {
    if (value !== undefined && !Number.isFinite(value)) {
      return wrong("claim_invalid", `${name}: a finite number of seconds`, typeof value);
    }
  }
  const named = Array.isArray(aud) ? aud : [aud];
  if (aud !== undefined && !named.every((value) => typeof value === "string")) {
    return wrong("claim_invalid", "aud: a string or an array of strings", typeof aud);
  }
  // A token may name nobody, but a subject that is there is a StringOrURI (RFC 7519 §4.1.2).
  return sub === undefined || (typeof sub === "string" && sub !== "")
    ? undefined
    : wrong("claim_invalid", "sub: a string that is not empty", typeof sub);
}

/**
 * Whether this is the time for a token, as far as it says (RFC 7519 §4.1.4 to 4.1.6).
 *
 * @param claims of the right kinds
 * @param now seconds since the epoch
 * @param tolerance seconds
 */
export function checkTimes(
  { exp, nbf, iat }: JsonObject,
  now: number,
  tolerance: number,
): Rejection | undefined {
  if (now >= Number(exp) + tolerance) return wrong("token_expired", `exp after ${now}`, exp);
  for (const [name, value] of Object.entries({ nbf, iat })) {
    if (value !== undefined && Number(value) > now + tolerance) {
      return wrong("token_not_yet_valid", `${name} not after ${now}`, value);
    }
  }
  return undefined;
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
    return wrong("audience_mismatch", audiences.join(" or "), named.join(", "));
  }
  const clientId = clientIdOf(claims);
  if (clientIds && !(clientId !== undefined && clientIds.includes(clientId))) {
    return wrong("client_mismatch", clientIds.join(" or "), clientId);
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
  for (const [name, value] of Object.entries({ iss, sub, client_id, jti })) {
    if (typeof value === "string" && value !== "") continue;
    return wrong("claim_invalid", `${name}: a string (RFC 9068)`, typeof value);
  }
  if (iat === undefined) return wrong("claim_invalid", "iat (RFC 9068)", iat);
  const namesNobody = aud === undefined || (Array.isArray(aud) && aud.length === 0);
  return namesNobody ? wrong("claim_invalid", "aud (RFC 9068)", aud) : undefined;
}
