import type { Attachment } from "../credential/credential.ts";
import type { Hop } from "./hop.ts";

/**
 * The answer as callers get it. A native Response knows only the last of our requests: that redirects
 * were followed is added to it, and a credential of the query is taken from its `url`, which people
 * log.
 */
export function present(
  response: Response,
  { hop, attachment, followed }: { hop: Hop; attachment: Attachment; followed: number },
): Response {
  if (followed > 0) Object.defineProperty(response, "redirected", { value: true });
  if (attachment.query) {
    const url = new URL(hop.url);
    url.hash = ""; // Response.url never has one (Fetch)
    Object.defineProperty(response, "url", { value: url.href });
  }
  return response;
}
