import { decodeBasic } from "@countersign/core/wire";
import { decodeJwt } from "jose";
import type { KnownClient } from "../client/registered-client.ts";
import { IssuerError } from "../issuer-error.ts";
import type { Settings } from "../settings.ts";
import { decodeFormText, type Form } from "./read-form.ts";

/** How a secret may come, by the registered names (RFC 7591 §2). */
export const secretMethods = ["client_secret_basic", "client_secret_post"];

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

interface Credentials {
  readonly id: string;
  /** Whether they are those of this client. */
  prove(client: KnownClient): Promise<boolean>;
}

/**
 * Who calls: a client that proved it, a public client that named itself, or `undefined` for the
 * first party, which has no credentials.
 *
 * @throws IssuerError `invalid_client`, `invalid_request`, `too_many_requests`, `temporarily_unavailable`
 */
export async function authenticateClient(
  settings: Settings,
  request: Request,
  form: Form,
): Promise<KnownClient | undefined> {
  const credentials = findCredentials(request.headers, form);
  if (credentials === undefined) return findPublicClient(settings, form.get("client_id"));
  const client = settings.clients.get(credentials.id);
  const isRight = await settings.limits.guess(request, client?.id, async () =>
    client ? credentials.prove(client) : false,
  );
  if (client && isRight) return client;
  settings.tell({ type: "client_authentication_failed", clientId: client?.id });
  throw failed();
}

/**
 * A client that proved who it is.
 *
 * @throws IssuerError as {@link authenticateClient}, and `invalid_client` for everybody else
 */
export async function requireConfidentialClient(
  settings: Settings,
  request: Request,
  form: Form,
): Promise<KnownClient> {
  const client = await authenticateClient(settings, request, form);
  if (client?.isConfidential) return client;
  throw new IssuerError("invalid_client", "This needs client authentication.");
}

function findPublicClient(
  { clients, defaultClientId }: Settings,
  id: string | undefined,
): KnownClient | undefined {
  if (id === undefined || id === defaultClientId) return undefined;
  const client = clients.get(id);
  if (!client || client.isConfidential) throw failed();
  return client;
}

/** RFC 6749 §2.3: one method a request. */
function findCredentials(headers: Headers, form: Form): Credentials | undefined {
  const header = headers.get("authorization");
  const id = form.get("client_id");
  const secret = form.get("client_secret");
  const hasAssertion = form.has("client_assertion") || form.has("client_assertion_type");
  const methods = [header !== null, secret !== undefined, hasAssertion].filter(Boolean).length;
  if (methods > 1) throw invalid("Authenticate by one method only.");
  if (hasAssertion) return readAssertion(form);
  if (header !== null) return readBasic(header, id);
  if (secret === undefined) return undefined;
  if (id === undefined) throw invalid("client_secret needs a client_id.");
  return bySecret(id, secret);
}

/** RFC 6749 §2.3.1: RFC 7617, but id and secret are form-urlencoded first. */
function readBasic(header: string, id: string | undefined): Credentials {
  const [, scheme = "", token68 = ""] = /^([^ ]+) *(.*)$/.exec(header) ?? [];
  if (scheme.toLowerCase() !== "basic") throw failed();
  const pair = decodeBasic(token68);
  if (pair === undefined) throw invalid("The Authorization header is malformed.");
  const username = decodeFormText(pair.username);
  if (id !== undefined && id !== username) throw invalid("The two client ids differ.");
  return bySecret(username, decodeFormText(pair.password));
}

function bySecret(id: string, secret: string): Credentials {
  return { id, prove: async (client) => (await client.isSecret?.(secret)) ?? false };
}

/** RFC 7521 §4.2: whom an assertion is of is said in it, and may be said beside it. */
function readAssertion(form: Form): Credentials {
  const assertion = form.get("client_assertion");
  if (form.get("client_assertion_type") !== assertionType || assertion === undefined) {
    throw invalid(
      `client_assertion and client_assertion_type go together; the type is ${assertionType}.`,
    );
  }
  const subject = subjectOf(assertion);
  const id = form.get("client_id") ?? subject;
  if (subject === undefined || id !== subject) throw failed();
  return { id, prove: async (client) => (await client.isAssertion?.(assertion)) ?? false };
}

/** Only to find the client whose keys are to verify it. */
function subjectOf(assertion: string): string | undefined {
  try {
    const { sub } = decodeJwt(assertion);
    return typeof sub === "string" ? sub : undefined;
  } catch {
    return undefined;
  }
}

function failed(): IssuerError {
  return new IssuerError("invalid_client", "The client is unknown or did not authenticate.");
}

function invalid(description: string): IssuerError {
  return new IssuerError("invalid_request", description);
}
