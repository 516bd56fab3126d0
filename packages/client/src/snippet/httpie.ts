import { attachedHeader } from "./attached-header.ts";
import type { CredentialDescription } from "./description.ts";
import { fitsShell, quoteShell } from "./quote.ts";
import type { SnippetRequest } from "./request.ts";

/** A call of HTTPie 3, which follows no redirects unless told to. */
export function toHttpie(
  credential: CredentialDescription,
  { method, url, headers, body = "" }: SnippetRequest,
): string | undefined {
  const presented = present(credential);
  const items = headers.map(([name, value]) => toItem(name, value));
  if (presented === undefined || items.includes(undefined)) return undefined;
  if (method.includes("-") || !fitsShell(body)) return undefined;
  const words = [
    // Otherwise it waits for standard input where there is no terminal, and netrc may win over us.
    "--ignore-stdin --ignore-netrc",
    ...presented.options,
    ...(body === "" ? [] : [`--raw=${quoteShell(body)}`]),
    `${method} ${quoteShell(url)}`,
    ...presented.items,
    ...items,
  ];
  return `http ${words.join(" \\\n  ")}\n`;
}

interface Presented {
  readonly options: readonly string[];
  readonly items: readonly string[];
}

function present(credential: CredentialDescription): Presented | undefined {
  const user = (name: string) => `--auth ${quoteShell(`${name}:`, "API_PASSWORD")}`;
  const header = attachedHeader(credential);
  switch (credential.type) {
    case "basic":
      return { options: [user(credential.username)], items: [] };
    case "digest":
      return { options: ["--auth-type digest", user(credential.username)], items: [] };
    case "bearer":
      return { options: ["--auth-type bearer", '--auth "$API_TOKEN"'], items: [] };
    case "apiKey": {
      const start = header ? `${header.name}:${header.prefix}` : `${credential.query}==`;
      if (start.startsWith("-")) return undefined;
      return { options: [], items: [quoteShell(start, "API_KEY")] };
    }
    default:
      return undefined;
  }
}

/**
 * A header. A backslash takes the meaning from the letter after it; there is no way to write one before
 * a letter that has a meaning.
 */
function toItem(name: string, value: string): string | undefined {
  if (name.startsWith("-") || /\\[:;=@]/.test(value)) return undefined;
  if (value === "") return quoteShell(`${name};`);
  return quoteShell(`${name}:${value.replace(/^[=@]/, "\\$&")}`);
}
