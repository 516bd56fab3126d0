import { decodeBasic, equalInConstantTime, sha256 } from "@countersign/core/wire";
import type { KnownClient } from "../client.ts";
import { IssuerError } from "../issuer-error.ts";
import type { Settings } from "../settings.ts";
import { decodeFormText, type Form } from "./read-form.ts";

const utf8 = new TextEncoder();

/** The methods below, by their registered names (RFC 7591 §2). */
export const authenticationMethods = ["client_secret_basic", "client_secret_post", "none"];

interface Credentials {
  readonly id: string;
  readonly secret: string;
}

/**
 * Who calls: a client that proved it, a public client that named itself, or `undefined` for the
 * first party, which has no credentials.
 *
 * @throws IssuerError `invalid_client`, `invalid_request`
 */
export async function authenticateClient(
  { clients, defaultClientId }: Settings,
  headers: Headers,
  form: Form,
): Promise<KnownClient | undefined> {
  const credentials = findCredentials(headers, form);
  if (credentials) {
    const client = clients.get(credentials.id);
    // An unknown client costs the same comparison.
    const right = await equal(credentials.secret, client?.secret?.reveal() ?? "");
    if (!client?.secret || !right) throw failed();
    return client;
  }
  const id = form.get("client_id");
  if (id === undefined || id === defaultClientId) return undefined;
  const client = clients.get(id);
  if (!client || client.secret) throw failed();
  return client;
}

/** RFC 6749 §2.3: one method a request. */
function findCredentials(headers: Headers, form: Form): Credentials | undefined {
  const header = headers.get("authorization");
  const id = form.get("client_id");
  const secret = form.get("client_secret");
  if (form.has("client_assertion") || form.has("client_assertion_type")) {
    throw new IssuerError("invalid_client", "Client assertions are not supported: use a secret.");
  }
  if (header === null) {
    if (secret === undefined) return undefined;
    if (id === undefined) throw invalid("client_secret needs a client_id.");
    return { id, secret };
  }
  if (secret !== undefined) throw invalid("Authenticate by one method only.");
  const basic = parseBasic(header);
  if (id !== undefined && id !== basic.id) throw invalid("The two client ids differ.");
  return basic;
}

/** RFC 6749 §2.3.1: RFC 7617, but id and secret are form-urlencoded first. */
function parseBasic(header: string): Credentials {
  const [, scheme = "", token68 = ""] = /^([^ ]+) *(.*)$/.exec(header) ?? [];
  if (scheme.toLowerCase() !== "basic") throw failed();
  const pair = decodeBasic(token68);
  if (pair === undefined) throw invalid("The Authorization header is malformed.");
  return { id: decodeFormText(pair.username), secret: decodeFormText(pair.password) };
}

/** Compares hashes, so that the time tells neither a common beginning nor a length. */
async function equal(presented: string, expected: string): Promise<boolean> {
  const [a, b] = await Promise.all([sha256(presented), sha256(expected)]);
  return equalInConstantTime(utf8.encode(a), utf8.encode(b));
}

function failed(): IssuerError {
  return new IssuerError("invalid_client", "The client is unknown or did not authenticate.");
}

function invalid(description: string): IssuerError {
  return new IssuerError("invalid_request", description);
}
