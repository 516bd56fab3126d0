import type { Challenge } from "./challenge.ts";

/** Commas may stand alone: a list may have empty elements (RFC 9110 §5.6.1.2). */
const separators = /[\t ,]*/y;
/** A token (RFC 9110 §5.6.2) with a space, a comma or nothing behind it. */
const schemeName = /([!#$%&'*+\-.^`|~\w]+)(?= |[\t ]*(?:,|$))/y;
const token68 = /[\t ]+([A-Za-z0-9\-._~+/]+=*)[\t ]*(?=,|$)/y;
const param =
  /[\t ]*([!#$%&'*+\-.^`|~\w]+)[\t ]*=[\t ]*(?:"((?:[^"\\]|\\.)*)"|([!#$%&'*+\-.^`|~\w]+))[\t ]*(?=,|$)/sy;

/**
 * Reads a WWW-Authenticate field, its lines joined by commas: every challenge in its order, the names of
 * parameters in lower case (RFC 9110 §11.6.1). `undefined` for what is no such field, or has a parameter
 * twice in one challenge. A challenge's lone token68 is left out: no scheme here has one.
 *
 * @example
 * parseChallenges('Basic realm="a, b", Bearer error="invalid_token"');
 * // [{ scheme: "Basic", params: { realm: "a, b" } }, { scheme: "Bearer", params: { error: "invalid_token" } }]
 */
export function parseChallenges(field: string): readonly Challenge[] | undefined {
  const challenges: { scheme: string; params: Map<string, string> }[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(field);
    if (match !== null) at = pattern.lastIndex;
    return match;
  };

  for (take(separators); at < field.length; take(separators)) {
    const current = challenges.at(-1);
    const [isParam, name = "", quoted, plain = ""] = (current && take(param)) ?? [];
    if (current && isParam !== undefined) {
      const key = name.toLowerCase();
      if (current.params.has(key)) return undefined;
      current.params.set(key, quoted?.replace(/\\(.)/gs, "$1") ?? plain);
      continue;
    }
    const [, scheme] = take(schemeName) ?? [];
    if (scheme === undefined) return undefined;
    challenges.push({ scheme, params: new Map() });
    take(token68);
  }
  return challenges.map(({ scheme, params }) => ({ scheme, params: Object.fromEntries(params) }));
}
