import type { CredentialDescription } from "./description.ts";
import { environment, quotePython } from "./quote.ts";
import type { SnippetRequest } from "./request.ts";

const form = "application/x-www-form-urlencoded";

/**
 * The lines that sign `url`, `headers` and a form in `body` by oauthlib (RFC 5849 §3.4). `undefined`
 * for a form that oauthlib takes for none, and would leave unsigned.
 */
export function signInPython(
  {
    consumerKey,
    token,
    signatureMethod = "HMAC-SHA256",
  }: CredentialDescription & { type: "oauth1" },
  { method, headers, body }: SnippetRequest,
): string[] | undefined {
  const type = headers.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "";
  const isForm = body !== undefined && type.toLowerCase().startsWith(form);
  if (isForm && (type !== form || method === "GET" || method === "HEAD")) return undefined;
  const resourceOwner =
    token === undefined
      ? []
      : [
          `    resource_owner_key=${quotePython(token)},`,
          `    resource_owner_secret=${environment("API_TOKEN_SECRET")},`,
        ];
  const call = `client.sign(url, ${quotePython(method)}, ${isForm ? "body.decode()" : "None"}, headers)`;
  return [
    "client = Client(",
    `    ${quotePython(consumerKey)},`,
    `    client_secret=${environment("API_CONSUMER_SECRET")},`,
    ...resourceOwner,
    `    signature_method=${quotePython(signatureMethod)},`,
    ")",
    `url, headers, ${isForm ? "body" : "_"} = ${call}`,
  ];
}
