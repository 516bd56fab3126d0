import { type Authorization, parseAuthorization, tokenAuthScheme } from "./authorization.ts";
import type { AuthRequest } from "./request.ts";
import type { Attempt, Scheme } from "./scheme.ts";
import { type Rejection, rejected } from "./verdict.ts";

/** The one credential of a request, and the scheme that alone decides on it. */
export interface FoundCredential {
  readonly kind: "found";
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
  if (authorization === "malformed") return rejected("credential_malformed");

  const found: (FoundCredential | Rejection)[] = [];
  let maybe: FoundCredential | undefined;
  let authorizationTaken = false;
  for (const scheme of schemes) {
    const offered = authorizationTaken ? undefined : authorization;
    const credential = scheme.find(request, offered);
    if (credential === undefined) continue;
    if ("kind" in credential) {
      found.push({ ...credential, scheme: scheme.name });
    } else if (credential.tentative || credential.yields) {
      // What yields is there; what is tentative may not be.
      const isSurer = maybe?.attempt.tentative === true && credential.yields === true;
      if (maybe === undefined || isSurer) maybe = { kind: "found", scheme, attempt: credential };
    } else {
      authorizationTaken ||= credential.location === "authorization";
      found.push({ kind: "found", scheme, attempt: credential });
    }
  }
  if (found.length > 1) return rejected("credential_conflict");

  const only = found[0];
  if (only === undefined && authorization === undefined) return maybe;
  if (authorization === undefined || authorizationTaken || only?.kind === "rejected") return only;
  // An Authorization field that no scheme took: with another credential beside it, a conflict.
  if (only !== undefined) return rejected("credential_conflict");
  return unreadableToken(schemes, authorization) ?? rejected("scheme_not_admitted");
}

/** A token sent as tokens are, which no scheme knows. The scheme of JWTs explains it best, if there is one. */
function unreadableToken(
  schemes: readonly Scheme[],
  authorization: Authorization,
): Rejection | undefined {
  const authScheme = tokenAuthScheme(authorization);
  if (authScheme === undefined) return undefined;
  const able = schemes.filter(({ bearer, dpopAlgorithms }) =>
    authScheme === "DPoP" ? dpopAlgorithms : bearer,
  );
  const explainer = able.find(({ bearer }) => bearer === "shape") ?? able[0];
  return explainer && rejected("token_malformed", { scheme: explainer.name, authScheme });
}
