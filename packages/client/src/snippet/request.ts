import { ConfigurationError, requireSecureUrl } from "@countersign/core/wire";
import type { AttachedHeader } from "./attached-header.ts";
import type { CredentialDescription, SnippetTarget } from "./description.ts";
import { token } from "./require-credential.ts";

/** A request in which nothing needs to be looked at twice but its quoting. */
export interface SnippetRequest {
  readonly method: string;
  /** Of the characters of RFC 3986 alone, without a fragment. */
  readonly url: string;
  readonly origin: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Well-formed, not empty. */
  readonly body: string | undefined;
}

const fieldValue = /^(?:[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)?$/;

/**
 * @throws ConfigurationError when the request could not be sent, or would show a secret
 */
export function requireRequest(
  target: SnippetTarget,
  credential: CredentialDescription,
  attached: AttachedHeader | undefined,
): SnippetRequest {
  const url = requireSecureUrl(target.url, "toSnippet: url");
  if (credential.type === "apiKey" && url.searchParams.has(credential.query ?? "")) {
    throw refuse(`the URL already has the parameter ${credential.query}, and shows it`);
  }
  const body = target.body ? target.body.toWellFormed() : undefined;
  const { method = body === undefined ? "GET" : "POST" } = target;
  if (!/^[A-Za-z]+(?:-[A-Za-z]+)*$/.test(method)) throw refuse("the method is no word");
  const headers = Object.entries(target.headers ?? {});
  for (const [name, value] of headers) requireHeader(name, value, attached?.name);
  const names = new Set(headers.map(([name]) => name.toLowerCase()));
  if (names.size < headers.length) throw refuse("one header is there in two spellings");
  const typed = body === undefined || names.has("content-type");
  const type = typed ? [] : [["Content-Type", "text/plain"] as const];
  return {
    method: method.toUpperCase(),
    url: `${url.origin}${percentEncode(url.pathname + url.search)}`,
    origin: url.origin,
    headers: [...type, ...headers],
    body,
  };
}

function requireHeader(name: string, value: string, attached = ""): void {
  const taken = ["authorization", "cookie", "proxy-authorization", attached.toLowerCase()];
  if (taken.includes(name.toLowerCase())) {
    throw refuse(`the header ${name} is the credential's, or shows another one`);
  }
  if (!token.test(name)) throw refuse("the name of a header has characters that none may have");
  if (!fieldValue.test(value)) {
    throw refuse(`the header ${name} has more than printable ASCII, or white space at an end`);
  }
}

/** Encodes what URL leaves and RFC 3986 does not know: tools differ in what they make of it. */
function percentEncode(text: string): string {
  return text.replace(/[^A-Za-z0-9\-._~:/?@!$&'()*+,;=%]/g, encodeURIComponent);
}

function refuse(why: string): ConfigurationError {
  return new ConfigurationError(`toSnippet: ${why}. Leave it out.`);
}
