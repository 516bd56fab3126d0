import { attachedHeader } from "./attached-header.ts";
import type { CredentialDescription } from "./description.ts";
import { fitsShell, quoteShell } from "./quote.ts";
import type { SnippetRequest } from "./request.ts";

/** A call of curl 7.87 or later, which follows no redirects unless told to. */
export function toCurl(
  credential: CredentialDescription,
  { method, url, headers, body }: SnippetRequest,
): string | undefined {
  const presented = present(credential);
  if (presented === undefined || !fitsShell(body ?? "")) return undefined;
  const implied = body === undefined ? "GET" : "POST";
  const options = [
    ...(method === "HEAD" ? ["--head"] : method === implied ? [] : [`--request ${method}`]),
    ...presented,
    ...headers.map(
      // A header that ends in a colon would be left out.
      ([name, value]) => `--header ${quoteShell(value === "" ? `${name};` : `${name}: ${value}`)}`,
    ),
    ...(body === undefined ? [] : [`--data-raw ${quoteShell(body)}`]),
    `--url ${quoteShell(url)}`,
  ];
  return `curl ${options.join(" \\\n  ")}\n`;
}

function present(credential: CredentialDescription): string[] | undefined {
  const header = attachedHeader(credential);
  if (header)
    return [`--header ${quoteShell(`${header.name}: ${header.prefix}`, header.variable)}`];
  switch (credential.type) {
    case "apiKey":
      return [
        `--url-query ${quoteShell(`${encodeURIComponent(credential.query ?? "")}=`, "API_KEY")}`,
      ];
    case "digest":
    case "basic": {
      const user = `--user ${quoteShell(`${credential.username}:`, "API_PASSWORD")}`;
      return credential.type === "digest" ? ["--digest", user] : [user];
    }
    default:
      return undefined;
  }
}
