import { type Authorization, token68 } from "../guard/authorization.ts";
import { rememberPresented } from "../guard/presented-token.ts";
import { createPrincipal, type Principal } from "../guard/principal.ts";
import type { AuthRequest } from "../guard/request.ts";
import type { AuthContext, Scheme, SecurityScheme } from "../guard/scheme.ts";
import { accepted, type Rejection, rejected, type Verdict } from "../guard/verdict.ts";
import type { ApiKeyRecord, ApiKeyStore } from "../state/api-keys.ts";
import { toSeconds } from "../wire/clock.ts";
import { ConfigurationError } from "../wire/configuration-error.ts";
import { equalInConstantTime } from "../wire/equal.ts";
import { hasKeyForm, identifyApiKey, parseApiKey, requirePrefix } from "./format.ts";
import { createLastUsed } from "./last-used.ts";

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
  readonly from?: readonly ApiKeyLocation[];
  /** The prefix of all keys (`prefix_…`); keys sent as Bearer are told from other tokens by it. */
  readonly prefix?: string;
}

/** A place for an API key: an Authorization scheme, a header field, or a query parameter. */
export type ApiKeyLocation =
  | { readonly authorization: "ApiKey" | "Bearer" }
  | { readonly header: string }
  | { readonly query: string };

const longestKey = 1024;
const usualPlaces: readonly ApiKeyLocation[] = [
  { header: "x-api-key" },
  { authorization: "ApiKey" },
];

/**
 * API keys: of our own format, or any token68 of 32 characters or more.
 *
 * @throws ConfigurationError when the options cannot be right
 * @example
 * apiKey({ keys, from: [{ header: "X-API-Key" }, { query: "api_key" }] });
 */
export function apiKey<const N extends string = "api-key">(
  options: ApiKeyOptions<N>,
): Scheme<ApiKeyPrincipal<N>> {
  const { keys, from = usualPlaces, prefix } = options;
  const name = options.name ?? ("api-key" as N);
  if (from.length === 0) {
    throw new ConfigurationError(
      'apiKey: from must name a place: from: [{ header: "X-API-Key" }].',
    );
  }
  if (typeof keys?.find !== "function") {
    throw new ConfigurationError(
      "apiKey: keys must be an ApiKeyStore: createMemoryApiKeys([ … ]).",
    );
  }
  if (prefix !== undefined) requirePrefix(prefix);
  const readers = from.map((place) => readerOf(place, prefix));
  const takesBearer = from.some(
    (place) => "authorization" in place && place.authorization === "Bearer",
  );

  const noteUse = createLastUsed(keys);

  const verifyKey = async (
    key: string,
    { now, rehearsal }: AuthContext,
  ): Promise<Verdict<ApiKeyPrincipal<N>>> => {
    if (!isWellFormed(key, prefix)) {
      const expected = prefix
        ? `${prefix}_… and its checksum`
        : "32 characters or more, or a checksum";
      return refuse("api_key_invalid", expected, `${key.length} characters that are no key`);
    }
    const identity = await identifyApiKey(key);
    const record = await keys.find(identity);
    if (record === undefined || !isSameHash(record.hash, identity.hash)) {
      return refuse("api_key_invalid", "a key in the store", "another");
    }
    if (record.expiresAt !== undefined && toSeconds(now) >= record.expiresAt) {
      return refuse("api_key_expired", `before ${record.expiresAt}`, `${toSeconds(now)}`);
    }
    if (!rehearsal) noteUse(record.id, now);
    const principal = toPrincipal(name, record);
    rememberPresented(principal, key);
    return accepted(principal);
  };

  return Object.freeze<Scheme<ApiKeyPrincipal<N>>>({
    name,
    bearer: takesBearer ? (prefix === undefined ? "fallback" : "prefix") : undefined,
    find(request, authorization) {
      const found = readers.flatMap((read) => read(request, authorization) ?? []);
      const [only] = found;
      if (found.length > 1) {
        const places = found.map(({ location }) => location).join(", ");
        return refuse("credential_conflict", "one key", places);
      }
      return (
        only && {
          location: only.location,
          // A checksum only we can make sense of is no protection, but 190 random bits are.
          guessable: !hasKeyForm(only.key),
          verify: (context) => verifyKey(only.key, context),
        }
      );
    },
    checks: () => ["api_key_invalid", "api_key_expired"],
    challenges: () => [{ scheme: "ApiKey", params: {} }],
    describe: () => from.map(describeLocation),
  });
}

interface FoundKey {
  readonly location: string;
  readonly key: string;
}

type KeyReader = (
  request: AuthRequest,
  authorization: Authorization | undefined,
) => FoundKey | readonly FoundKey[] | undefined;

function readerOf(place: ApiKeyLocation, prefix: string | undefined): KeyReader {
  if ("authorization" in place) {
    const scheme = place.authorization.toLowerCase();
    const isOurs = (value: string) =>
      scheme === "apikey" || prefix === undefined || hasKeyForm(value, prefix);
    return (_request, authorization) =>
      authorization?.scheme === scheme && isOurs(authorization.value)
        ? { location: "authorization", key: authorization.value }
        : undefined;
  }
  if ("header" in place) {
    const field = place.header.toLowerCase();
    // Two field lines reach us as one list; a key has no comma.
    return (request) =>
      request
        .header(field)
        ?.split(",")
        .map((key) => ({ location: `header ${field}`, key: key.trim() }));
  }
  const parameter = place.query;
  return (request) => {
    if (!request.url.includes("?")) return undefined;
    const values = new URL(request.url).searchParams.getAll(parameter);
    return values.map((key) => ({ location: `query ${parameter}`, key }));
  };
}

/** Whether a text can be a key at all, told without a look-up. */
function isWellFormed(key: string, prefix: string | undefined): boolean {
  if (key.length > longestKey) return false;
  if (hasKeyForm(key)) {
    const parts = parseApiKey(key);
    return parts !== undefined && (prefix === undefined || parts.prefix === prefix);
  }
  return prefix === undefined && key.length >= 32 && token68(key) !== undefined;
}

function refuse(reason: Rejection["reason"], expected: string, found: string): Rejection {
  return rejected(reason, { details: { expected, found } });
}

function isSameHash(a: string, b: string): boolean {
  const utf8 = new TextEncoder();
  return equalInConstantTime(utf8.encode(a), utf8.encode(b));
}

function toPrincipal<N extends string>(scheme: N, record: ApiKeyRecord): ApiKeyPrincipal<N> {
  const { id, subject, scopes = [], roles = [], permissions = [], expiresAt } = record;
  const claims: ApiKeyClaims = Object.freeze({ keyId: id });
  const facts = { scheme, subject, scopes, roles, permissions, expiresAt, claims };
  return createPrincipal(facts) as ApiKeyPrincipal<N>;
}

function describeLocation(place: ApiKeyLocation): SecurityScheme {
  if ("header" in place) return { type: "apiKey", in: "header", name: place.header };
  if ("query" in place) return { type: "apiKey", in: "query", name: place.query };
  return { type: "http", scheme: place.authorization.toLowerCase() };
}
