import { createPrincipal, type Principal } from "../guard/principal.ts";
import { apiKeyExpired, apiKeyInvalid, credentialConflict } from "../guard/refusals.ts";
import type { AuthContext, Scheme } from "../guard/scheme.ts";
import { accepted, type Verdict, wrong } from "../guard/verdict.ts";
import type { ApiKeyRecord, ApiKeyStore } from "../state/api-keys.ts";
import { toSeconds } from "../wire/clock.ts";
import { requireThat } from "../wire/configuration-error.ts";
import { equalInConstantTime } from "../wire/equal.ts";
import { after, type MaybePromise } from "../wire/maybe-promise.ts";
import { hasKeyForm, identify, readApiKey, requirePrefix } from "./format.ts";
import { createLastUsed } from "./last-used.ts";
import { asApiKey, inHeader, type KeyPlace } from "./place.ts";

/** Whom an API key stands for. Its claims hold the key's `id`. */
export type ApiKeyPrincipal<N extends string = "api-key"> = Principal<N, ApiKeyClaims> & {
  readonly subject: string;
};

/** What is known of a key beside whom it stands for. */
export interface ApiKeyClaims {
  readonly keyId: string;
}

/** How API keys are taken. */
export interface ApiKeyOptions<N extends string = "api-key"> {
  readonly keys: ApiKeyStore;
  /** What principals call this scheme. Default `"api-key"`. */
  readonly name?: N;
  /** Where keys are read from. Default: the header `X-API-Key` and `Authorization: ApiKey …`. */
  readonly from?: readonly KeyPlace[];
  /** The prefix of all keys (`prefix_…`); keys sent as Bearer are told from other tokens by it. */
  readonly prefix?: string;
}

/**
 * API keys: of our own format, or any token68 of 32 characters or more.
 *
 * @throws ConfigurationError when the options cannot be right
 * @example
 * apiKey({ keys, from: [inHeader("X-API-Key"), inQuery("api_key")] });
 */
export function apiKey<const N extends string = "api-key">(
  options: ApiKeyOptions<N>,
): Scheme<ApiKeyPrincipal<N>> {
  type P = ApiKeyPrincipal<N>;
  const {
    keys,
    from = [inHeader("x-api-key"), asApiKey()],
    prefix,
    name = "api-key" as N,
  } = options;
  requireThat(typeof keys?.find === "function" && from.length > 0, "apiKey needs keys and places.");
  if (prefix !== undefined) requirePrefix(prefix);
  const places = from.map((place) => place(prefix));
  const noteUse = createLastUsed(keys);

  const verify = (key: string, { now, rehearsal }: AuthContext): MaybePromise<Verdict<P>> => {
    const read = readApiKey(key, prefix);
    return after(read && identify(read), (identity) =>
      after(identity && keys.find(identity), (record) => {
        if (!identity || !record || !equalInConstantTime(record.hash, identity.hash)) {
          return wrong(apiKeyInvalid, "a known key", read ? "another" : "malformed");
        }
        const seconds = toSeconds(now);
        const { id, expiresAt } = record;
        if (expiresAt !== undefined && seconds >= expiresAt) {
          return wrong(apiKeyExpired, `before ${expiresAt}`, seconds);
        }
        if (!rehearsal) noteUse(id, now);
        return accepted(toPrincipal(name, record));
      }),
    );
  };

  return Object.freeze<Scheme<P>>({
    name,
    takes: places.map(({ takes }) => takes),
    bearer: places.map(({ bearer }) => bearer).find(Boolean),
    find(request, authorization) {
      const found = places.flatMap(({ read }) => read(request, authorization));
      const [only] = found;
      if (found.length > 1) return wrong(credentialConflict, "one key", found.length);
      if (!only || "kind" in only) return only;
      const { location, key } = only;
      return {
        location,
        presented: () => key,
        // A checksum only we can make sense of is no protection, but 190 random bits are.
        guessable: !hasKeyForm(key),
        verify: (context) => verify(key, context),
      };
    },
    checks: () => [apiKeyInvalid, apiKeyExpired],
    challenges: () => [{ scheme: "ApiKey", params: {} }],
    describe: () => places.map(({ description }) => description),
  });
}

function toPrincipal<N extends string>(scheme: N, record: ApiKeyRecord): ApiKeyPrincipal<N> {
  const { id, subject, scopes, roles, permissions, expiresAt } = record;
  const claims: ApiKeyClaims = Object.freeze({ keyId: id });
  const facts = { scheme, subject, scopes, roles, permissions, expiresAt, claims };
  return createPrincipal(facts) as ApiKeyPrincipal<N>;
}
