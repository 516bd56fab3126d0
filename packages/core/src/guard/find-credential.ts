import { parseAuthorization } from "./authorization.ts";
import { credentialConflict, credentialMalformed, schemeNotAdmitted } from "./refusals.ts";
import type { AuthRequest } from "./request.ts";
import type { Attempt, Scheme } from "./scheme.ts";
import { type Rejection, rejected } from "./verdict.ts";

/** The one credential of a request, and the scheme that alone decides on it. */
export interface FoundCredential {
  readonly scheme: Scheme;
  readonly attempt: Attempt;
}

const bearerOrder = ["prefix", "shape", undefined, "fallback"] as const;

/** The order in which schemes are asked, so that a Bearer token goes to the one that knows it best. */
export function inFindingOrder(schemes: readonly Scheme[]): readonly Scheme[] {
  const rank = ({ bearer }: Scheme) => bearerOrder.indexOf(bearer);
  return schemes.toSorted((a, b) => rank(a) - rank(b));
}

/**
 * Finds the credential that a request carries. None: `undefined`. More than one, or one that cannot
 * be read: a rejection, because guessing which one counts is how checks are evaded.
 *
 * @param schemes in the order of {@link inFindingOrder}
 */
export function findCredential(
  schemes: readonly Scheme[],
  request: AuthRequest,
): FoundCredential | Rejection | undefined {
  const authorization = parseAuthorization(request.header("authorization"));
  if (authorization === "malformed") return rejected(credentialMalformed);

  let only: FoundCredential | Rejection | undefined;
  let yielding: FoundCredential | undefined;
  let tentative: FoundCredential | undefined;
  let unknown: Rejection | undefined;
  let untaken = authorization;
  for (const scheme of schemes) {
    const attempt = scheme.find(request, untaken);
    if (!attempt) continue;
    if ("kind" in attempt) {
      const rejection = { ...attempt, scheme: scheme.name };
      if (attempt.authScheme) unknown = rejection;
      else if (only) return rejected(credentialConflict);
      else only = rejection;
    } else if (attempt.yields) {
      yielding ??= { scheme, attempt };
    } else if (attempt.tentative) {
      tentative ??= { scheme, attempt };
    } else if (only) {
      return rejected(credentialConflict);
    } else {
      only = { scheme, attempt };
      if (attempt.location === "authorization") untaken = undefined;
    }
  }
  // What yields is there; what is tentative may not be.
  if (!untaken) return only ?? yielding ?? tentative;
  if (!only) return unknown ?? rejected(schemeNotAdmitted);
  // An Authorization field that no scheme took, with another credential beside it, is a conflict.
  return "kind" in only ? only : rejected(credentialConflict);
}
