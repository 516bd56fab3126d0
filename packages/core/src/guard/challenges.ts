import type { Challenge } from "../wire/challenge.ts";
import type { Scheme } from "./scheme.ts";
import type { Rejection } from "./verdict.ts";

/**
 * What WWW-Authenticate says with a rejection. A 401 offers every admitted way in, the refused one
 * first; any other status carries only a challenge that names an OAuth error.
 */
export function challengesFor(
  rejection: Rejection,
  admitted: readonly Scheme[],
  realm: string | undefined,
): readonly Challenge[] {
  const refused = admitted.find((scheme) => scheme.name === rejection.scheme);
  if (rejection.status === 401) {
    const others = admitted
      .filter((scheme) => scheme !== refused)
      .map((scheme) => scheme.challenges());
    return withRealm(realm, merge([refused?.challenges(rejection) ?? [], ...others]));
  }
  const asked = refused ? [refused] : admitted;
  const explained = asked.map((scheme) =>
    scheme.challenges(rejection).filter(({ params }) => params.error !== undefined),
  );
  return withRealm(realm, merge(explained));
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

function withRealm(
  realm: string | undefined,
  challenges: readonly Challenge[],
): readonly Challenge[] {
  if (realm === undefined) return challenges;
  return challenges.map(({ scheme, params }) => ({ scheme, params: { realm, ...params } }));
}

/** The challenge of every scheme whose tokens are sent as Bearer (RFC 6750 §3, RFC 9470 §3). */
export function bearerChallenge(rejection: Rejection | undefined): Challenge {
  const { error, description, demand } = rejection ?? {};
  const params: Record<string, string> = {};
  if (error !== undefined) {
    params.error = error;
    if (description !== undefined) params.error_description = description;
    if (demand?.scope !== undefined) params.scope = demand.scope.join(" ");
    if (demand?.acrValues !== undefined) params.acr_values = demand.acrValues.join(" ");
    if (demand?.maxAge !== undefined) params.max_age = String(demand.maxAge);
  }
  return { scheme: "Bearer", params };
}
