import type { Challenge } from "../wire/challenge.ts";
import { after, type MaybePromise, together } from "../wire/maybe-promise.ts";
import { toMetadataUrl } from "./metadata-url.ts";
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
  const isOffer = rejection.status === 401;
  if (!isOffer && !rejection.error) return [];
  const refused = admitted.find(({ name }) => name === rejection.scheme);
  const others = admitted.filter((scheme) => scheme !== refused);
  const asked = refused ? [refused, ...(isOffer ? others : [])] : others;
  const offers = asked.map((scheme) =>
    scheme.challenges(isOffer && scheme !== refused ? undefined : rejection, context),
  );
  return after(together(offers), (all) =>
    merge(isOffer ? all : all.map(onlyErrors), context.realm),
  );
}

function onlyErrors(offer: readonly Challenge[]): readonly Challenge[] {
  return offer.filter(({ params }) => params.error);
}

/** One scheme may offer several challenges of one auth-scheme (Digest); two schemes share one (Bearer). */
function merge(
  offers: readonly (readonly Challenge[])[],
  realm: string | undefined,
): readonly Challenge[] {
  return offers.flatMap((offer, at) => {
    const earlier = offers.slice(0, at).flat();
    return offer
      .filter(({ scheme }) => !earlier.some((other) => other.scheme === scheme))
      .map(({ scheme, params }) => ({
        scheme,
        params: realm === undefined ? params : { realm, ...params },
      }));
  });
}

/**
 * The challenge of every scheme whose tokens are sent as Bearer (RFC 6750 §3, RFC 9470 §3).
 *
 * @example
 * const challenges: Scheme["challenges"] = (rejection, context) => [bearerChallenge(rejection, context)];
 */
export function bearerChallenge(
  rejection: Rejection | undefined,
  context: Pick<AuthContext, "resource">,
): Challenge {
  const params = { ...metadataParams(rejection, context), ...errorParams(rejection) };
  return { scheme: "Bearer", params };
}

/** Where a client learns whose tokens are taken (RFC 9728 §5.1): with a 401 alone. */
export function metadataParams(
  rejection: Rejection | undefined,
  { resource }: Pick<AuthContext, "resource">,
): Challenge["params"] {
  const isOffer = rejection === undefined || rejection.status === 401;
  return resource && isOffer ? { resource_metadata: toMetadataUrl(resource) } : {};
}

/** What was wrong with a token, and what would do. */
export function errorParams(rejection: Rejection | undefined): Challenge["params"] {
  if (rejection?.error === undefined) return {};
  const { error, description, demand: { scope, acrValues, maxAge } = {} } = rejection;
  return {
    error,
    error_description: description,
    ...(scope && { scope: scope.join(" ") }),
    ...(acrValues && { acr_values: acrValues.join(" ") }),
    ...(maxAge !== undefined && { max_age: String(maxAge) }),
  };
}
