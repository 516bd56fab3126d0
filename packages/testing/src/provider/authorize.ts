import { answerJson } from "./answer.ts";
import { type AuthorizationFault, parseAuthorizationRequest } from "./authorization-request.ts";
import type { TestLogin } from "./login.ts";
import type { Provider } from "./provider.ts";
import { readParameters } from "./read-parameters.ts";

/** The authorization endpoint (RFC 6749 §3.1), where the user is a script and is asked at once. */
export async function serveAuthorize(provider: Provider, request: Request): Promise<Response> {
  const sent = await readParameters(request);
  if (sent === undefined) return refuse(provider, malformed, undefined);
  const parameters = sent.has("request_uri") ? takePushed(provider, sent) : sent;
  if (parameters === undefined) return refuse(provider, unknownRequestUri, undefined);
  const state = parameters.get("state");

  const asked = parseAuthorizationRequest(provider.clients, parameters);
  if ("error" in asked) return refuse(provider, asked, state);
  const { clientId, scope, redirectUri } = asked;
  const login = await provider.login({ kind: "redirect", clientId, scope, parameters });
  if (login === "deny") {
    const denied = { error: "access_denied", description: "The user said no.", redirectUri };
    return refuse(provider, denied, state);
  }
  const code = provider.codes.put({ request: asked, login: settle(provider, login, parameters) });
  return redirect(redirectUri, { code, state, iss: provider.url });
}

/** A login at this moment, remembered for userinfo. */
export function settle(
  { clock, profiles }: Provider,
  login: TestLogin,
  parameters: ReadonlyMap<string, string>,
): TestLogin {
  const acr = login.acr ?? parameters.get("acr_values")?.split(" ")[0];
  const settled = {
    ...login,
    authenticatedAt: login.authenticatedAt ?? Math.floor(clock.now() / 1000),
    ...(acr !== undefined && { acr }),
  };
  // The latest of each, and the latest of all: an issuer that is left running must not fill its memory.
  profiles.delete(login.subject);
  profiles.set(login.subject, settled);
  const [oldest] = profiles.keys();
  if (profiles.size > 10_000 && oldest !== undefined) profiles.delete(oldest);
  return settled;
}

const malformed = { error: "invalid_request", description: "A parameter is there twice." };
const unknownRequestUri = {
  error: "invalid_request_uri",
  description: "The request_uri is unknown, used, expired, or another client's.",
};

/** RFC 9126 §4: the client id must be the same, and nothing else beside it counts. */
function takePushed({ pushed }: Provider, sent: ReadonlyMap<string, string>) {
  const parameters = pushed.take(sent.get("request_uri"));
  return parameters?.get("client_id") === sent.get("client_id") ? parameters : undefined;
}

function refuse(provider: Provider, fault: AuthorizationFault, state: string | undefined) {
  const { error, description: error_description, redirectUri } = fault;
  if (redirectUri === undefined) return answerJson({ error, error_description }, 400);
  return redirect(redirectUri, { error, error_description, state, iss: provider.url });
}

/** `iss` goes along, so that clients of several issuers see whom they hear (RFC 9207). */
function redirect(to: string, parameters: Record<string, string | undefined>): Response {
  const location = new URL(to);
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) location.searchParams.append(name, value);
  }
  const headers = { location: location.href, "cache-control": "no-store" };
  return new Response(null, { status: 302, headers });
}
