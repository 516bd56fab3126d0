import { type OAuth1Parameter, parseFormParameters } from "./oauth1-parameters.ts";
import { percentEncode } from "./percent-encoding.ts";

/** What a signature covers. */
export interface OAuth1Request {
  readonly method: string;
  /** Absolute, as it is sent: the query counts as parameters, a fragment does not count. */
  readonly url: string;
  /** The protocol's own, and those of a form body; without `oauth_signature` and `realm`. */
  readonly parameters: readonly OAuth1Parameter[];
}

/**
 * The signature base string (RFC 5849 §3.4.1): one for signing and for verifying. `undefined` when
 * the query is no UTF-8.
 *
 * @example
 * oauth1BaseString({ method: "GET", url: "http://example.com/r?b=2", parameters: [["a", "1"]] });
 * // "GET&http%3A%2F%2Fexample.com%2Fr&a%3D1%26b%3D2"
 */
export function oauth1BaseString({ method, url, parameters }: OAuth1Request): string | undefined {
  const query = parseFormParameters(queryOf(url));
  if (query === undefined) return undefined;
  return [method.toUpperCase(), baseStringUri(url), normalise([...query, ...parameters])]
    .map(percentEncode)
    .join("&");
}

/** What stands between "?" and "#", untouched. */
export function queryOf(url: string): string {
  return /^[^?#]*\?([^#]*)/.exec(url)?.[1] ?? "";
}

/**
 * The base string URI (RFC 5849 §3.4.1.2): scheme and host in lower case, a port only if it is not
 * the default one, and the path as it was sent, which `URL` would tidy up.
 */
function baseStringUri(url: string): string {
  const path = /^[^:]+:\/\/[^/?#]*([^?#]*)/.exec(url)?.[1] || "/";
  return new URL(url).origin + path;
}

/** The parameters normalised (RFC 5849 §3.4.1.3.2): encoded first, then sorted by name and by value. */
function normalise(parameters: readonly OAuth1Parameter[]): string {
  return parameters
    .filter(([name]) => name !== "oauth_signature")
    .map(([name, value]) => [percentEncode(name), percentEncode(value)] as const)
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map((pair) => pair.join("="))
    .join("&");
}

/** By bytes: what is percent-encoded is ASCII. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
