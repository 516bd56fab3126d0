import { isLoopback } from "@countersign/core/wire";
import { ClientError } from "../client-error.ts";
import { type Hop, isReplayable } from "./hop.ts";
import { notReplayable } from "./outgoing.ts";
import { dropQuery } from "./query.ts";

/** As many as Fetch allows (HTTP-redirect fetch, step 7). */
const limit = 20;
/** Names the caller's credentials (Fetch, HTTP-redirect fetch, step 13) and where they were meant for. */
const bound = ["authorization", "cookie", "host", "proxy-authorization"];
/** Describe a body (Fetch, "request-body-header name"), and go with it. */
const describing = [
  "content-encoding",
  "content-language",
  "content-length",
  "content-location",
  "content-type",
];

/** What an answer that redirects says. */
export interface Redirect {
  readonly status: number;
  /** `undefined` where the runtime hides it: browsers do. */
  readonly location: string | undefined;
}

/** The redirect an answer is, if it is one (Fetch, "redirect status" and "location URL"). */
export function readRedirect({ type, status, headers }: Response): Redirect | undefined {
  if (type === "opaqueredirect") return { status, location: undefined };
  const location = headers.get("location");
  return location !== null && [301, 302, 303, 307, 308].includes(status)
    ? { status, location }
    : undefined;
}

/**
 * The hop a redirect leads to (Fetch, HTTP-redirect fetch).
 *
 * @param followed how many redirects this call has followed already
 * @param ours the query parameters that were attached, which Location may repeat
 * @throws ClientError any of the redirect codes, `not_replayable`
 */
export function nextHop(
  hop: Hop,
  { status, location }: Redirect,
  followed: number,
  ours: Readonly<Record<string, string>>,
): Hop {
  if (followed >= limit) {
    throw new ClientError(
      "too_many_redirects",
      `${hop.url.origin} redirected more than ${limit} times. Call the final URL, or have the server ` +
        "corrected.",
    );
  }
  if (location === undefined) {
    throw new ClientError(
      "opaque_redirect",
      `${hop.url.origin} redirects, and this runtime does not say where to. Call the final URL.`,
    );
  }
  const target = requireTarget(hop.url, location);
  const leaves = target.origin !== hop.url.origin;
  const url = dropQuery(target, (name, value) => isOurs(name, value, ours, leaves));
  const headers = new Headers(hop.headers);
  if (leaves) for (const name of bound) headers.delete(name);
  // Nothing is attached again, not even on coming back: who was in between could choose the request.
  const bare = hop.bare || leaves;
  if (becomesGet(hop.method, status)) {
    for (const name of describing) headers.delete(name);
    return { method: "GET", url, headers, body: undefined, bare };
  }
  if (!isReplayable(hop)) {
    throw notReplayable(`A redirect (${status}) asks for the request to be sent again`);
  }
  return { ...hop, url, headers, bare };
}

/** The error for a redirect where the caller wants none. */
export function redirectRefused({ url }: Hop): ClientError {
  return new ClientError(
    "redirect_refused",
    `${url.origin} redirects, and the call says redirect: "error". Call the final URL.`,
  );
}

function becomesGet(method: string, status: number): boolean {
  if (status === 303) return method !== "GET" && method !== "HEAD";
  return method === "POST" && (status === 301 || status === 302);
}

function requireTarget(base: URL, location: string): URL {
  const target = URL.canParse(location, base.href) ? new URL(location, base) : undefined;
  // Location is never repeated in a message: it may hold our own query.
  if (!target || !/^https?:$/.test(target.protocol) || target.username || target.password) {
    throw new ClientError(
      "invalid_redirect",
      `${base.origin} redirects to what is no http(s) URL without user name and password. Call the ` +
        'final URL, or look at the answer with redirect: "manual".',
    );
  }
  if (target.protocol === "http:" && (base.protocol === "https:" || !isLoopback(target))) {
    throw new ClientError(
      "insecure_redirect",
      `${base.origin} redirects to ${target.origin}, which is not encrypted. Call the final URL by ` +
        "https:, or have the server corrected.",
    );
  }
  return target;
}

/** Whether a parameter of Location is one we attached, or on leaving the origin: holds one, as `return_to` may. */
function isOurs(
  name: string,
  value: string,
  ours: Readonly<Record<string, string>>,
  leaves: boolean,
): boolean {
  if (Object.hasOwn(ours, name) && ours[name] === value) return true;
  const secrets = Object.values(ours).filter((secret) => secret.length >= 8); // "1" is in many a value
  const holds = (text: string) => value.includes(text) || value.includes(encodeURIComponent(text));
  return leaves && secrets.some(holds);
}
