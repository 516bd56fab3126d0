import type { TestClient } from "./provider.ts";

/** A request to `/authorize` that is in order. */
export interface AuthorizationRequest {
  readonly clientId: string;
  readonly redirectUri: string;
  /** Of the code verifier: base64url(SHA-256) (RFC 7636 §4.2). */
  readonly codeChallenge: string;
  readonly scope: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** Why a request is refused, and whether its sender may be told by a redirect. */
export interface AuthorizationFault {
  readonly error: string;
  readonly description: string;
  /** Absent: the address is not to be trusted (RFC 6749 §4.1.2.1). */
  readonly redirectUri?: string;
}

/** Checks the parameters of a request, pushed or not. */
export function parseAuthorizationRequest(
  clients: ReadonlyMap<string, TestClient>,
  parameters: ReadonlyMap<string, string>,
): AuthorizationRequest | AuthorizationFault {
  const client = clients.get(parameters.get("client_id") ?? "");
  if (!client) return fault("invalid_request", "The client_id is missing or unknown.");
  const redirectUri = findRedirectUri(client, parameters.get("redirect_uri"));
  if (redirectUri === undefined) {
    return fault("invalid_request", "The redirect_uri is not one that this client registered.");
  }
  const refuse = (error: string, description: string) => ({ error, description, redirectUri });
  if (parameters.get("response_type") !== "code") {
    return refuse("unsupported_response_type", 'The response_type must be "code".');
  }
  if ((parameters.get("response_mode") ?? "query") !== "query") {
    return refuse("invalid_request", 'The response_mode must be "query".');
  }
  // RFC 9700 §2.1.1: every client, and never "plain".
  const codeChallenge = parameters.get("code_challenge") ?? "";
  if (parameters.get("code_challenge_method") !== "S256" || !/^[\w-]{43}$/.test(codeChallenge)) {
    return refuse("invalid_request", "PKCE is required: a code_challenge with method S256.");
  }
  const scope = parameters.get("scope") ?? "";
  if (!/^[\x20\x21\x23-\x5b\x5d-\x7e]*$/.test(scope)) {
    return refuse("invalid_scope", "The scope is not a list of scope tokens.");
  }
  return { clientId: client.id, redirectUri, codeChallenge, scope, parameters };
}

function findRedirectUri(client: TestClient, asked: string | undefined): string | undefined {
  const registered = client.redirectUris;
  if (asked === undefined) return registered?.length === 1 ? registered[0] : undefined;
  const url = URL.parse(asked);
  if (url === null || asked.includes("#")) return undefined;
  const isKnown = (known: string) => known === asked || isSameButForThePort(known, url);
  return registered === undefined || registered.some(isKnown) ? asked : undefined;
}

/** RFC 8252 §7.3: an app on this machine listens on whichever port is free. */
function isSameButForThePort(known: string, asked: URL): boolean {
  const url = URL.parse(known);
  if (url === null || !["127.0.0.1", "[::1]"].includes(url.hostname)) return false;
  url.port = asked.port;
  return url.href === asked.href;
}

function fault(error: string, description: string): AuthorizationFault {
  return { error, description };
}
