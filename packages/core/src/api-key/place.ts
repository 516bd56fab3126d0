import { type Authorization, otherTokens } from "../guard/authorization.ts";
import { tokenMalformed } from "../guard/refusals.ts";
import type { AuthRequest } from "../guard/request.ts";
import type { SecurityScheme } from "../guard/scheme.ts";
import { type Rejection, rejected } from "../guard/verdict.ts";

/** A place that API keys, of the prefix if they have one, are read from. */
export type KeyPlace = (prefix: string | undefined) => PlaceReader;

/** How keys are read from a place. */
export interface PlaceReader {
  /** As a scheme's `takes` says it. */
  readonly takes: string;
  /** How keys are told from other tokens that are sent as Bearer, where they are. */
  readonly bearer?: "prefix" | "fallback";
  readonly description: SecurityScheme;
  /**
   * What stands there: a key, none, or more than there may be. A rejection: a token that is no key of
   * ours, should no other scheme know it.
   */
  read(
    request: AuthRequest,
    authorization: Authorization | undefined,
  ): readonly (FoundKey | Rejection)[];
}

/** A key, and where it stood. */
export interface FoundKey {
  readonly location: string;
  readonly key: string;
}

/**
 * A header field.
 *
 * @example
 * apiKey({ keys, from: [inHeader("X-API-Key")] });
 */
export function inHeader(name: string): KeyPlace {
  const field = name.toLowerCase();
  const location = `header ${field}`;
  return () => ({
    takes: location,
    description: { type: "apiKey", in: "header", name },
    // Two field lines reach us as one list; a key has no comma.
    read: (request) =>
      request
        .header(field)
        ?.split(",")
        .map((key) => ({ location, key: key.trim() })) ?? [],
  });
}

/**
 * A query parameter. Logs of servers and proxies tend to hold it.
 *
 * @example
 * apiKey({ keys, from: [inHeader("X-API-Key"), inQuery("api_key")] });
 */
export function inQuery(name: string): KeyPlace {
  const location = `query ${name}`;
  return () => ({
    takes: location,
    description: { type: "apiKey", in: "query", name },
    read({ url }) {
      if (!url.includes("?")) return [];
      return new URL(url).searchParams.getAll(name).map((key) => ({ location, key }));
    },
  });
}

/**
 * `Authorization: ApiKey …`.
 *
 * @example
 * apiKey({ keys, from: [asApiKey()] });
 */
export function asApiKey(): KeyPlace {
  return () => ({
    takes: "Authorization: ApiKey",
    description: { type: "http", scheme: "apikey" },
    read: (_request, authorization) =>
      authorization?.scheme === "apikey"
        ? [{ location: "authorization", key: authorization.value }]
        : [],
  });
}

/**
 * `Authorization: Bearer …`. Keys with a prefix are told from other tokens by it; keys without one are
 * all the tokens that no other scheme knows.
 *
 * @example
 * apiKey({ keys, prefix: "orders", from: [asBearer()] });
 */
export function asBearer(): KeyPlace {
  return (prefix) => ({
    takes: prefix ? `${prefix}_… sent as Bearer` : otherTokens,
    bearer: prefix ? "prefix" : "fallback",
    description: { type: "http", scheme: "bearer" },
    read(_request, authorization) {
      if (authorization?.scheme !== "bearer") return [];
      const { value } = authorization;
      return !prefix || value.startsWith(`${prefix}_`)
        ? [{ location: "authorization", key: value }]
        : [rejected(tokenMalformed, { authScheme: "Bearer" })];
    },
  });
}
