import type { Challenge } from "../wire/challenge.ts";
import { after, type MaybePromise, together } from "../wire/maybe-promise.ts";
import type { AuthContext, Scheme } from "./scheme.ts";
import type { Rejection } from "./verdict.ts";

/**
 * What WWW-Authenticate says with a rejection. A 401 offers every admitted way in, the refused one
 * first; any other status carries only a challenge that names an OAuth error.
 */
export function challengesFor(
  rejection: Rejection,
  admitted: readonly Scheme[],
  context: AuthContext,
): MaybePromise<readonly Challenge[]> {
  const refused = admitted.find((scheme) => scheme.name === rejection.scheme);
  if (rejection.status === 401) {
    const others = admitted
      .filter((scheme) => scheme !== refused)
      .map((scheme) => scheme.challenges(undefined, context));
    const offers = together([refused?.challenges(rejection, context) ?? [], ...others]);
    return after(offers, (all) =>
      withRealm(context.realm, withMetadata(context.resourceMetadataUrl, merge(all))),
    );
  }
  if (rejection.error === undefined) return [];
  const asked = refused ? [refused] : admitted;
  const offers = together(asked.map((scheme) => scheme.challenges(rejection, context)));
  return after(offers, (all) => withRealm(context.realm, merge(all.map(onlyErrors))));
}

/** One scheme may offer several challenges of one auth-scheme (Digest); two schemes share one (Bearer). */
function merge(offers: readonly (readonly Challenge[])[]): readonly Challenge[] {
  const merged: Challenge[] = [];
  for (const offer of offers) {
    const known = new Set(merged.map(({ scheme }) => scheme));
    merged.push(...offer.filter(({ scheme }) => !known.has(scheme)));
  }
  return merged;
}

function onlyErrors(offer: readonly Challenge[]): readonly Challenge[] {
  return offer.filter(({ params }) => params.error !== undefined);
}

function withRealm(
  realm: string | undefined,
  challenges: readonly Challenge[],
): readonly Challenge[] {
  if (realm === undefined) return challenges;
  return challenges.map(({ scheme, params }) => ({ scheme, params: { realm, ...params } }));
}

/** Where a client learns whose tokens are taken (RFC 9728 §5.1): only for whom a token would help. */
function withMetadata(
  url: string | undefined,
  challenges: readonly Challenge[],
): readonly Challenge[] {
  if (url === undefined) return challenges;
  return challenges.map(({ scheme, params }) => {
    const isForTokens = scheme === "Bearer" || scheme === "DPoP";
    return { scheme, params: isForTokens ? { resource_metadata: url, ...params } : params };
  });
}

/**
 * The challenges of a scheme whose tokens are sent as Bearer or, with a proof, as DPoP (RFC 9449 §7.1):
 * the one that the caller went by says what was wrong, and comes first.
 */
export function tokenChallenges(
  rejection: Rejection | undefined,
  dpopAlgorithms: readonly string[] | undefined,
): readonly Challenge[] {
  if (dpopAlgorithms === undefined) return [bearerChallenge(rejection)];
  const algs = dpopAlgorithms.join(" ");
  const dpop = (error: Rejection | undefined): Challenge => ({
    scheme: "DPoP",
    params: { algs, ...errorParams(error) },
  });
  return rejection?.authScheme === "DPoP"
    ? [dpop(rejection), bearerChallenge(undefined)]
    : [bearerChallenge(rejection), dpop(undefined)];
}

/**
 * The challenge of every scheme whose tokens are sent as Bearer (RFC 6750 §3, RFC 9470 §3).
 *
 * @example
 * const challenges: Scheme["challenges"] = (rejection) => [bearerChallenge(rejection)];
 */
export function bearerChallenge(rejection: Rejection | undefined): Challenge {
  return { scheme: "Bearer", params: errorParams(rejection) };
}

function errorParams(rejection: Rejection | undefined): Record<string, string> {
  const { error, description, demand } = rejection ?? {};
  const params: Record<string, string> = {};
  if (error !== undefined) {
    params.error = error;
    if (description !== undefined) params.error_description = description;
    if (demand?.scope !== undefined) params.scope = demand.scope.join(" ");
    if (demand?.acrValues !== undefined) params.acr_values = demand.acrValues.join(" ");
    if (demand?.maxAge !== undefined) params.max_age = String(demand.maxAge);
  }
  return params;
}
