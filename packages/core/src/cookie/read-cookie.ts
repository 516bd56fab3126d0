/**
 * The values of a cookie in a Cookie field (RFC 6265 §5.4). There may be several of one name, set for
 * other paths or by other subdomains, and nothing tells which is which.
 */
export function readCookie(field: string | undefined, name: string): readonly string[] {
  if (field === undefined) return [];
  return field.split(";").flatMap((pair) => {
    const at = pair.indexOf("=");
    return at > 0 && pair.slice(0, at).trim() === name ? [pair.slice(at + 1).trim()] : [];
  });
}
