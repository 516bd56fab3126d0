/**
 * The `htu` that a DPoP proof for this URL has: without query and fragment (RFC 9449 §4.2), in the
 * normal form of RFC 3986 §6.2.2 and §6.2.3, so that two spellings of one URL compare as equal
 * (RFC 9449 §4.3). `undefined` when it is no absolute http(s) URL, or one with a user name in it.
 *
 * @example
 * toDpopTarget("HTTPS://API.example.com:443/%7eada?page=2#top"); // "https://api.example.com/~ada"
 */
export function toDpopTarget(url: string): string | undefined {
  // What is no URI (RFC 3986 §2) is refused, not mended: the URL parser trims and turns slashes.
  if (!/^https?:\/\/[!-[\]-~]+$/i.test(url) || !URL.canParse(url)) return undefined;
  const { origin, pathname, username, password } = new URL(url);
  if (username !== "" || password !== "") return undefined;
  return origin + pathname.replace(/%([0-9a-f]{2})/gi, normalizeTriplet);
}

/** A percent-encoded character: itself where it is unreserved, else in upper case. */
function normalizeTriplet(triplet: string, hex: string): string {
  const character = String.fromCharCode(Number.parseInt(hex, 16));
  return /[A-Za-z0-9\-._~]/.test(character) ? character : triplet.toUpperCase();
}
