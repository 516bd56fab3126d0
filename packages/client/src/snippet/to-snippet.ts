import { attachedHeader } from "./attached-header.ts";
import { toCurl } from "./curl.ts";
import type { CredentialDescription, SnippetTarget } from "./description.ts";
import { toFetch } from "./fetch.ts";
import { toHttpie } from "./httpie.ts";
import { toAiohttp, toRequests } from "./python.ts";
import { requireRequest } from "./request.ts";
import { requireCredential } from "./require-credential.ts";

const writers = {
  curl: toCurl,
  fetch: toFetch,
  requests: toRequests,
  aiohttp: toAiohttp,
  httpie: toHttpie,
} as const;

/**
 * Code that makes a request with a credential: a command for a POSIX shell, a JavaScript module or a
 * Python script. Secrets come from environment variables (see {@link CredentialDescription}); whatever
 * URL, header names and body hold, it stays data. Commands show the secret to whoever may list the
 * machine's processes, as all commands with arguments do.
 *
 * @returns `undefined` where the tool cannot present the credential (curl cannot sign OAuth 1.0a), or
 *   cannot be made to send the request unaltered
 * @throws ConfigurationError when the URL is not https (http is for this machine), or the request
 *   could not be sent or holds a credential of its own
 * @example
 * toSnippet(
 *   { type: "bearer" },
 *   { tool: "curl", url: "https://api.example.com/orders" },
 * );
 * // curl \
 * //   --header "Authorization: Bearer $API_TOKEN" \
 * //   --url https://api.example.com/orders
 */
export function toSnippet(
  credential: CredentialDescription,
  target: SnippetTarget,
): string | undefined {
  requireCredential(credential);
  const request = requireRequest(target, credential, attachedHeader(credential));
  return writers[target.tool](credential, request);
}
