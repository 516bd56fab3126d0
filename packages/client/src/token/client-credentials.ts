import {
  type Clock,
  ConfigurationError,
  isLoopback,
  requireSecureUrl,
  type Secret,
  toSeconds,
  toSecret,
} from "@countersign/core/wire";
import {
  type AuthorizationServer,
  allowInsecureRequests,
  ClientSecretBasic,
  ClientSecretPost,
  clientCredentialsGrantRequest,
  customFetch,
  processClientCredentialsResponse,
} from "oauth4webapi";
import { type Fetch, globalFetch } from "../fetch/fetch.ts";
import { discover } from "./discover.ts";
import { createIssuerFetch } from "./issuer-fetch.ts";
import { renewing } from "./renewing.ts";
import { toTokenFailure } from "./token-failure.ts";
import type { BearerToken, TokenSource } from "./token-source.ts";

/** The client, its issuer, and what to ask for. */
export interface ClientCredentialsOptions {
  /** The issuer's URL, exactly as it states it itself. https, or http on this machine. */
  readonly issuer: string | URL;
  readonly clientId: string;
  readonly clientSecret: string | Secret;
  /**
   * How the secret is sent (RFC 6749 §2.3.1). Default: what the issuer's metadata offers, and
   * `client_secret_basic` where it offers both or says nothing.
   */
  readonly clientAuthentication?: "client_secret_basic" | "client_secret_post";
  /** Scopes, separated by spaces. */
  readonly scope?: string;
  /** The API the token is for, as Auth0 and others name it. */
  readonly audience?: string;
  /** The API the token is for, as RFC 8707 names it. */
  readonly resource?: string;
  /** What talks to the issuer. Default: the global fetch. */
  readonly fetch?: Fetch;
  /** Default: `Date`. */
  readonly clock?: Clock;
  /** Milliseconds the issuer has for each answer. Default: 10,000. */
  readonly timeout?: number;
}

/**
 * Access tokens for a service that acts for itself (RFC 6749 §4.4). Nothing is sent before the first
 * token is asked for. Tokens are renewed before they expire, in one request however many callers wait;
 * after a failure the token endpoint is left alone for 1 s, then 2 s, up to about half a minute.
 *
 * @throws ConfigurationError when the issuer is not secure, or an id or a secret is empty
 * @example
 * const source = clientCredentials({ issuer, clientId, clientSecret, scope: "orders:read" });
 * createAuthFetch({ origins: ["https://api.example.com"], credential: bearer(source) });
 */
export function clientCredentials(options: ClientCredentialsOptions): TokenSource<BearerToken> {
  const issuer = requireIssuer(options.issuer);
  const secret = toSecret(options.clientSecret);
  const { clientId, clientAuthentication } = options;
  if (clientId === "" || secret.reveal() === "") {
    throw new ConfigurationError("clientCredentials: clientId and clientSecret must not be empty.");
  }
  const { clock = Date, fetch = globalFetch, timeout = 10_000 } = options;
  const issuerFetch = createIssuerFetch({ fetch, timeout });
  const client = { client_id: clientId };
  const parameters = toParameters(options);
  let server: AuthorizationServer | undefined;

  async function request(): Promise<BearerToken> {
    let status: number | undefined;
    server ??= await discover(issuer, issuerFetch);
    const authentication = clientAuthentication ?? preferred(server);
    const authenticate =
      authentication === "client_secret_post" ? ClientSecretPost : ClientSecretBasic;
    const requestedAt = clock.now();
    try {
      const response = await clientCredentialsGrantRequest(
        server,
        client,
        authenticate(secret.reveal()),
        parameters,
        { [customFetch]: issuerFetch, [allowInsecureRequests]: isLoopback(issuer) },
      );
      status = response.status;
      const answer = await processClientCredentialsResponse(server, client, response);
      if (answer.token_type !== "bearer") throw new TypeError("not a bearer token");
      return Object.freeze({
        type: "bearer" as const,
        value: toSecret(answer.access_token),
        // Counted from before the request, so that the way back never lengthens a token's life.
        expiresAt: addSeconds(toSeconds(requestedAt), answer.expires_in),
      });
    } catch (error) {
      throw toTokenFailure(error, status);
    }
  }

  return renewing({ request, clock });
}

function requireIssuer(value: string | URL): URL {
  const issuer = requireSecureUrl(value, "issuer");
  if (issuer.search || issuer.hash || issuer.username || issuer.password) {
    throw new ConfigurationError(
      "clientCredentials: the issuer must have no query, fragment, user name or password " +
        "(RFC 8414 §2). Copy it exactly as the authorization server states it.",
    );
  }
  return issuer;
}

function addSeconds(from: number, lifetime: number | undefined): number | undefined {
  return lifetime === undefined ? undefined : from + lifetime;
}

function preferred(server: AuthorizationServer): string {
  // "If omitted, the default is client_secret_basic" (RFC 8414 §2).
  const offered = server.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
  return offered.includes("client_secret_basic") ? "client_secret_basic" : "client_secret_post";
}

function toParameters({ scope, audience, resource }: ClientCredentialsOptions): URLSearchParams {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries({ scope, audience, resource })) {
    if (value !== undefined) parameters.set(name, value);
  }
  return parameters;
}
