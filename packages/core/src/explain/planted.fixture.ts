/** Guards of every scheme, and requests to them. What is secret in them is listed, to be searched for. */

import { apiKey } from "../api-key/api-key.ts";
import { createApiKey } from "../api-key/format.ts";
import { asApiKey, inHeader, inQuery } from "../api-key/place.ts";
import { basic } from "../basic/basic.ts";
import { createCsrfTokens } from "../cookie/csrf-tokens.ts";
import { sessionCookie } from "../cookie/session-cookie.ts";
import { type DigestOptions, digest } from "../digest/digest.ts";
import { createGuard } from "../guard/create-guard.ts";
import type { GuardOptions } from "../guard/guard.ts";
import { makeRequest } from "../guard/made-request.fixture.ts";
import type { AuthRequest } from "../guard/request.ts";
import type { Scheme } from "../guard/scheme.ts";
import { introspection } from "../introspection/introspection.ts";
import { type OAuth1Options, oauth1 } from "../oauth1/oauth1.ts";
import { createMemoryApiKeys } from "../state/memory-api-keys.ts";
import { createMemoryReplays } from "../state/replay.ts";
import { clock, issuer, now } from "../token/signing.fixture.ts";
import { formatAuthParams } from "../wire/auth-params.ts";
import { digestHa1, digestResponse } from "../wire/digest.ts";
import { oauth1BaseString } from "../wire/oauth1-base-string.ts";
import { formatOAuth1Header, type OAuth1Parameter } from "../wire/oauth1-parameters.ts";
import { signOAuth1 } from "../wire/oauth1-signature.ts";

/** What must show up nowhere, by what it is. */
export const planted = {
  password: "planted-password",
  passwordHash: "planted-password-hash",
  consumerSecret: "planted-consumer-secret",
  tokenSecret: "planted-token-secret",
  clientSecret: "planted-client-secret",
  nonceSecret: "planted-nonce-secret-of-32-bytes-or-more",
  csrfSecret: "planted-csrf-secret-of-32-bytes-or-more",
  opaque: "planted-opaque-token",
  looseKey: "planted-loose-key-0123456789abcdef",
} as const;

const realm = "orders";
const url = "https://api.example.com/orders?planted=planted-query";
export const expiredKey = await createApiKey("orders");
export const goodKey = await createApiKey("orders");
const user = { username: "ada", realm, password: planted.password };
export const ha1 = await digestHa1("SHA-256", user);

/** A guard with these schemes, and the time and URL that the requests here have. */
export function guardOf(scheme: Scheme, more: Partial<GuardOptions<readonly Scheme[]>> = {}) {
  return createGuard({
    realm,
    publicUrl: "https://api.example.com",
    clock,
    schemes: [scheme],
    ...more,
  });
}

export function requestWith(
  headers: Readonly<Record<string, string>> = {},
  more: Parameters<typeof makeRequest>[0] = {},
): AuthRequest {
  return makeRequest({ url, headers, ...more });
}

export const bearing = (token: string): AuthRequest =>
  requestWith({ authorization: `Bearer ${token}` });

export const loggingIn = (password: string, username = "ada"): AuthRequest =>
  requestWith({ authorization: `Basic ${btoa(`${username}:${password}`)}` });

export const apiKeys = () =>
  apiKey({
    from: [inHeader("x-api-key"), inQuery("api_key"), asApiKey()],
    keys: createMemoryApiKeys([
      { id: goodKey.id, hash: goodKey.hash, subject: "billing" },
      { id: expiredKey.id, hash: expiredKey.hash, subject: "billing", expiresAt: now },
    ]),
  });

export const passwords = () =>
  basic({
    users: {
      find: (name) =>
        name === "ada" ? { subject: name, passwordHash: planted.passwordHash } : undefined,
    },
    passwords: {
      verify: (hash, password) => hash === planted.passwordHash && password === planted.password,
    },
  });

export const introspected = (answer: object | Error) =>
  introspection({
    issuer,
    endpoint: `${issuer}/introspect`,
    clientId: "orders-api",
    clientSecret: planted.clientSecret,
    audience: "https://api.example.com",
    fetch: async () => {
      if (answer instanceof Error) throw answer;
      return Response.json(answer);
    },
  });

export const cookie = sessionCookie({
  csrfSecret: planted.csrfSecret,
  origins: ["https://app.example.com"],
});
export const csrfToken = await createCsrfTokens(planted.csrfSecret).issue("planted-session");

export const digests = (options: Partial<DigestOptions> = {}) =>
  digest({
    users: {
      find: (name) => (name === "ada" ? { subject: name, ha1: { "SHA-256": ha1 } } : undefined),
    },
    nonceSecret: planted.nonceSecret,
    replays: createMemoryReplays({ clock }),
    ...options,
  });

/** What a client answers to a guard's challenge; `changes` are made after signing. */
export async function digestRequest(
  guard: ReturnType<typeof guardOf>,
  changes: Readonly<Record<string, string>> = {},
  more: Parameters<typeof makeRequest>[0] = {},
): Promise<AuthRequest> {
  const verdict = await guard.check(requestWith());
  const challenges = verdict.kind === "rejected" ? verdict.challenges : [];
  const nonce = challenges[0]?.params.nonce ?? "";
  const common = { algorithm: "SHA-256", qop: "auth", nonce, nc: "00000001" } as const;
  const uri = "/orders?planted=planted-query";
  const signed = { ...common, nonceCount: common.nc, cnonce: "planted-cnonce", uri, method: "GET" };
  const params = {
    username: "ada",
    realm,
    ...common,
    uri,
    cnonce: signed.cnonce,
    response: await digestResponse({ ...signed, ha1 }),
    ...changes,
  };
  const authorization = `Digest ${formatAuthParams(Object.entries(params), ["algorithm", "qop", "nc"])}`;
  return requestWith({ authorization }, more);
}

export const signedRequests = (options: Partial<OAuth1Options> = {}) =>
  oauth1({
    consumers: {
      find: (key) =>
        key === "printer" ? { subject: key, secret: planted.consumerSecret } : undefined,
    },
    tokens: {
      find: (token) =>
        token === "planted-token" ? { subject: "ada", secret: planted.tokenSecret } : undefined,
    },
    replays: createMemoryReplays({ clock }),
    ...options,
  });

/** A request signed by the consumer for the token; `changes` are made after signing. */
export async function signedRequest(
  changes: Readonly<Record<string, string | undefined>> = {},
  more: Parameters<typeof makeRequest>[0] & { readonly timestamp?: number } = {},
): Promise<AuthRequest> {
  const { timestamp = now, headers, ...rest } = more;
  const protocol = {
    oauth_consumer_key: "printer",
    oauth_token: "planted-token",
    oauth_signature_method: "HMAC-SHA256",
    oauth_timestamp: String(timestamp),
    oauth_nonce: "planted-nonce",
  };
  const parameters = Object.entries(protocol);
  const baseString = oauth1BaseString({ method: "GET", url, parameters }) ?? "";
  const { consumerSecret, tokenSecret } = planted;
  const oauth_signature = await signOAuth1("HMAC-SHA256", baseString, {
    consumerSecret,
    tokenSecret,
  });
  const given = Object.entries({ ...protocol, oauth_signature, ...changes }).filter(
    (each): each is [string, string] => each[1] !== undefined,
  ) satisfies OAuth1Parameter[];
  const authorization = `OAuth ${formatOAuth1Header(given)}`;
  return requestWith({ authorization, ...headers }, rest);
}
