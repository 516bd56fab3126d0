import { isSecureUrl, type Secret, toSecret } from "@countersign/core/wire";
import { ensure } from "../client-error.ts";
import type { Attachment } from "../credential/credential.ts";
import type { Hop } from "./hop.ts";

/**
 * The hop a redirect leads to (Fetch, HTTP-redirect fetch). It takes over the headers of the old one.
 *
 * @param location absent where the transport hides it
 * @param query what had been attached to the query: Location may repeat it
 * @throws ClientError `redirect_refused`
 */
export function nextHop<H extends Hop>(
  hop: H,
  status: number,
  location = "x:",
  query: Attachment["query"],
): H {
  const { method, url: from, headers } = hop;
  const url = URL.parse(location, from as URL & string);
  ensure(
    url && isSecureUrl(url) && from.protocol <= url.protocol, // "https:" > "http:"
    "redirect_refused: call the final URL.", // Location is not repeated, as it may hold our query
  );
  const leaves = url.origin !== from.origin;
  for (const name in query) {
    const value = toSecret(query[name] as Secret).reveal();
    // Within the origin it is attached anew. `return_to` and the like may hold all of our URL.
    const ours = plain(leaves ? value : `${name}=${value}`);
    url.search = url.search
      .split("&")
      .filter((part) => !plain(part).includes(ours))
      .join("&");
  }
  const becomesGet = method !== "HEAD" && (status === 303 || (status < 303 && method === "POST"));
  for (const [name] of [...headers]) {
    // The caller's own credentials stay, too; and what describes a body goes with it.
    const stays = leaves && /auth|cookie|host/.test(name);
    if (stays || (becomesGet && /^content-/.test(name))) headers.delete(name);
  }
  return {
    ...hop,
    url,
    // Nothing is attached again, not even on coming back: who was in between could choose the request.
    ...(leaves && { credential: undefined }),
    ...(becomesGet && { method: "GET", body: undefined, replayable: true }),
  };
}

/** A text however often it is encoded, as a form or not. */
function plain(text: string): string {
  const decoded = unescape(text);
  return decoded === text ? text.replaceAll("+", " ") : plain(decoded);
}
