import { type Secret, toSecret } from "@countersign/core/wire";
import { ClientError } from "../client-error.ts";
import type { Attachment } from "../credential/credential.ts";
import type { Hop } from "./hop.ts";
import { addQuery } from "./query.ts";

/**
 * URL and headers of a hop with what is ours in them. Nothing of the caller's is overwritten: of two
 * writers of one header, the one who loses would never know.
 *
 * @throws ClientError `conflicting_credentials`, `unsendable_credential`
 */
export function withAttachment(hop: Hop, attachment: Attachment): { url: URL; headers: Headers } {
  const headers = new Headers(hop.headers);
  for (const [name, value] of Object.entries(attachment.headers ?? {})) {
    if (headers.has(name)) throw conflict(`header ${name}`);
    set(headers, name, value);
  }
  const query = revealQuery(attachment);
  for (const name of Object.keys(query)) {
    if (hop.url.searchParams.has(name)) throw conflict(`query parameter ${name}`);
  }
  const url = attachment.query ? addQuery(hop.url, query) : hop.url;
  return { url, headers };
}

/** The query parameters of an attachment in clear text. */
export function revealQuery({ query = {} }: Attachment): Record<string, string> {
  const entries = Object.entries(query);
  return Object.fromEntries(entries.map(([name, value]) => [name, toSecret(value).reveal()]));
}

function set(headers: Headers, name: string, value: string | Secret): void {
  try {
    headers.set(name, toSecret(value).reveal());
  } catch {
    // The native error repeats the value.
    throw new ClientError(
      "unsendable_credential",
      `The credential's value for the header ${name} has characters that no header can carry, like a ` +
        "line break. Check where the credential comes from.",
    );
  }
}

function conflict(what: string): ClientError {
  return new ClientError(
    "conflicting_credentials",
    `The request already has the ${what}, which the credential writes. Leave it out of the request, or ` +
      "call with a fetch that has no credential.",
  );
}
