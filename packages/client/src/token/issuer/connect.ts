import {
  type DpopKeyPair,
  requireSecureUrl,
  requireThat,
  toSeconds,
  toSecret,
} from "@countersign/core/wire";
import {
  type AuthorizationServer,
  allowInsecureRequests,
  type Client,
  clockSkew,
  customFetch,
  genericTokenEndpointRequest,
  None,
} from "oauth4webapi";
import { globalFetch } from "../../fetch/fetch.ts";
import { type ClientAuthentication, clientSecret } from "./client-authentication.ts";
import { type ClientOptions, type TokenFor, toForm } from "./client-options.ts";
import { discover } from "./discover.ts";
import type { DpopKeys } from "./dpop-keys.ts";
import { createIssuerFetch, type IssuerFetch } from "./issuer-fetch.ts";
import { readTokenAnswer } from "./token-answer.ts";

/** A request to the token endpoint. */
export interface GrantRequest {
  /** `grant_type`. */
  readonly type: string;
  /** What else is in the form; what is `undefined` is left out. */
  readonly parameters: Readonly<Record<string, string | undefined>>;
  /** What the token is to be bound to. */
  readonly key?: DpopKeyPair | undefined;
  /** Error codes of this grant, and what to do about them. */
  readonly errors?: Readonly<Record<string, string>>;
}

/** What the token endpoint granted. */
interface Grant<B extends DpopKeys | undefined> {
  readonly token: TokenFor<B>;
  readonly refreshToken: string | undefined;
}

/** A client's connection to its issuer. */
export interface Connection<B extends DpopKeys | undefined> {
  readonly issuer: URL;
  /** Who it is, as oauth4webapi wants to know it. */
  readonly client: Client;
  readonly authenticate: ClientAuthentication["authenticate"];
  /** How oauth4webapi sends. */
  readonly sending: {
    readonly [customFetch]: IssuerFetch;
    readonly [allowInsecureRequests]: boolean;
  };
  /** Milliseconds since the epoch. */
  now(): number;
  /** The issuer's metadata: fetched once, and after a failure again. */
  server(): Promise<AuthorizationServer>;
  /**
   * Asks for tokens.
   *
   * @throws ClientError `discovery_failed`, `token_endpoint_unreachable`, `token_request_failed`
   */
  ask(request: GrantRequest): Promise<Grant<B>>;
}

/** @throws ConfigurationError when the issuer is not secure, or the id or the secret is empty */
export function connect<B extends DpopKeys | undefined>(options: ClientOptions<B>): Connection<B> {
  const { clientId, dpop, clock = Date, fetch = globalFetch, timeout = 10_000 } = options;
  const issuer = requireIssuer(options.issuer);
  requireThat(clientId !== "", "clientId must not be empty.");
  const { authenticate, mutualTls = false } = toAuthentication(options);
  const issuerFetch = createIssuerFetch({ fetch, timeout });
  const now = () => clock.now();
  let metadata: Promise<AuthorizationServer> | undefined;
  /** How far the server's clock is ahead of ours. What is signed for it has its time. */
  let skew = 0;

  const send: IssuerFetch = async (address, request) => {
    const response = await issuerFetch(address, request);
    const date = Date.parse(response.headers.get("date") ?? ""); // RFC 9110 §6.6.1
    // Over https alone: nobody in between may turn our clock. A cache's answer has an old date.
    if (address.startsWith("https:") && date && !response.headers.has("age")) skew = date - now();
    return response;
  };
  // What is secure is decided there: https, and http to this machine.
  const sending = { [customFetch]: send, [allowInsecureRequests]: true };
  const client = {
    client_id: clientId,
    use_mtls_endpoint_aliases: mutualTls,
    // Counted when something is signed, since a second may end before.
    get [clockSkew]() {
      return toSeconds(now() + skew) - toSeconds(Date.now());
    },
  };

  function server(): Promise<AuthorizationServer> {
    metadata ??= discover(issuer, send).catch((error) => {
      metadata = undefined;
      throw error;
    });
    return metadata;
  }

  async function ask({ type, parameters, key, errors }: GrantRequest): Promise<Grant<B>> {
    const as = await server();
    const form = toForm(parameters);
    const grantSend = key && dpop ? dpop.proving(key, send, () => now() + skew) : send;
    const grantSending = { ...sending, [customFetch]: grantSend };
    const tokenType = dpop ? "dpop" : "bearer";
    const requestedAt = toSeconds(now());
    const request = async () =>
      readTokenAnswer(
        await genericTokenEndpointRequest(as, client, authenticate, type, form, grantSending),
        tokenType,
        errors,
      );
    const answer = await request().catch((error) => {
      // The server wants its nonce in the proof, or a newer one than we had (RFC 9449 §8).
      if (error.oauthError === "use_dpop_nonce") return request();
      // The endpoint may have moved.
      if (error.code === "token_request_failed" && !error.oauthError) metadata = undefined;
      throw error;
    });
    const token = {
      type: tokenType,
      value: toSecret(answer.accessToken),
      // Counted from before the request, so that the way back never lengthens a token's life.
      expiresAt: answer.expiresIn === undefined ? undefined : requestedAt + answer.expiresIn,
      ...(key && { key }),
    };
    return { token: Object.freeze(token) as TokenFor<B>, refreshToken: answer.refreshToken };
  }

  return { issuer, client, authenticate, sending, now, server, ask };
}

function requireIssuer(value: string | URL): URL {
  const issuer = requireSecureUrl(value, "issuer");
  requireThat(
    !issuer.search && !issuer.hash,
    "The issuer must have no query and no fragment (RFC 8414 §2). Copy it exactly as it states itself.",
  );
  return issuer;
}

function toAuthentication(options: ClientOptions<DpopKeys | undefined>): ClientAuthentication {
  const { clientSecret: secret, clientAuthentication } = options;
  requireThat(
    secret === undefined || !clientAuthentication,
    "Give clientSecret or clientAuthentication, not both.",
  );
  if (clientAuthentication) return clientAuthentication;
  return secret === undefined ? { authenticate: None() } : clientSecret(secret);
}
