/**
 * Whether the `uri` of Digest credentials names the resource that was asked for (RFC 7616 §3.4.6): as
 * the request target has it, or as an absolute URL. Where the framework has tidied the target up, as
 * `URL` does, the `uri` may be tidied likewise.
 *
 * @param url the request's absolute URL
 */
export function isSameTarget(uri: string, url: string): boolean {
  const target = url.replace(/^[^:]+:\/\/[^/?#]*/, "");
  if (uri === target) return true;
  if (!/^(?:\/(?!\/)|https?:\/\/)/i.test(uri) || !URL.canParse(uri, url)) return false;
  return new URL(uri, url).href === url;
}
