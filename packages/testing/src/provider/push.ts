import { IssuerError } from "@countersign/issuer";
import { answerJson } from "./answer.ts";
import { parseAuthorizationRequest } from "./authorization-request.ts";
import type { Provider } from "./provider.ts";

/** In seconds. */
export const pushedLifetime = 60;

const prefix = "urn:ietf:params:oauth:request_uri:";

/** The endpoint for pushed authorization requests (RFC 9126). */
export async function servePush(provider: Provider, request: Request): Promise<Response> {
  const { clientId, form } = await provider.issuer.readClientRequest(request);
  if (clientId === undefined) throw new IssuerError("invalid_client", "Say who you are.");
  // RFC 9126 §2.1: a pushed request refers to no other.
  if (form.has("request_uri")) throw new IssuerError("invalid_request", "It has a request_uri.");
  const { client_secret, client_assertion, client_assertion_type, ...pushed } =
    Object.fromEntries(form);
  const parameters = new Map(Object.entries({ ...pushed, client_id: clientId }));
  const asked = parseAuthorizationRequest(provider.clients, parameters);
  if ("error" in asked) {
    return answerJson({ error: asked.error, error_description: asked.description }, 400);
  }
  const request_uri = provider.pushed.put(parameters, prefix + crypto.randomUUID());
  return answerJson({ request_uri, expires_in: pushedLifetime }, 201);
}
