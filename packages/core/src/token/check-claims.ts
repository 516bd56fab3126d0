import type { RejectionReason } from "../guard/refusals.ts";
import { type Rejection, rejected } from "../guard/verdict.ts";
import { toSeconds } from "../wire/clock.ts";
import type { ParsedToken } from "./parse-token.ts";
import type { JsonObject } from "./strict-json.ts";
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
    checkType(header.typ, claims, issuer) ??
    checkTimes(claims, toSeconds(now), issuer.clockTolerance) ??
    checkAudience(claims, issuer) ??
    checkSubject(claims)
  );
}

/** Tokens of other kinds that the same key may have signed (RFC 8725 §3.11 and 3.12). */
function checkType(typ: string | undefined, claims: JsonObject, { types }: TrustedIssuer) {
  const type = normalizeType(typ);
  if (type !== undefined && !types.includes(type)) {
    return wrong("token_type_mismatch", `typ ${types.join(" or ")}`, type);
  }
  const kind = claims.token_use ?? claims.typ;
  const isAnotherKind =
    (typeof kind === "string" && /^(id|refresh|offline)$/i.test(kind)) ||
    claims.at_hash !== undefined ||
    claims.nonce !== undefined;
  return isAnotherKind
    ? wrong("token_type_mismatch", "an access token", "an ID token or a refresh token")
    : undefined;
}

/** Media types compare without case, and "application/" may be left out (RFC 7515 §4.1.9). */
export function normalizeType(typ: string | undefined): string | undefined {
  return typ?.toLowerCase().replace(/^application\//, "");
}

function checkTimes({ exp, nbf, iat }: JsonObject, now: number, tolerance: number) {
  for (const [name, value] of Object.entries({ exp, nbf, iat })) {
    const isAbsent = value === undefined && name !== "exp";
    if (!isAbsent && !Number.isFinite(value)) {
      return wrong("claim_invalid", `${name}: a finite number of seconds`, typeof value);
    }
  }
  if (now >= Number(exp) + tolerance) return wrong("token_expired", `exp after ${now}`, exp);
  for (const [name, value] of Object.entries({ nbf, iat })) {
    if (value !== undefined && Number(value) > now + tolerance) {
      return wrong("token_not_yet_valid", `${name} not after ${now}`, value);
    }
  }
  return undefined;
}

function checkAudience(claims: JsonObject, { audiences, clientIds }: TrustedIssuer) {
  const { aud } = claims;
  const named = Array.isArray(aud) ? aud : [aud];
  if (aud !== undefined && !named.every((value) => typeof value === "string")) {
    return wrong("claim_invalid", "aud: a string or an array of strings", typeof aud);
  }
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

/** A token may name nobody, but a subject that is there is a StringOrURI (RFC 7519 §4.1.2). */
function checkSubject({ sub }: JsonObject) {
  return sub === undefined || (typeof sub === "string" && sub !== "")
    ? undefined
    : wrong("claim_invalid", "sub: a string that is not empty", typeof sub);
}

function wrong(reason: RejectionReason, expected: string, found: unknown): Rejection {
  return rejected(reason, { details: { expected, found: String(found) } });
}
