const element =
  /[\t ]*([!#$%&'*+\-.^_`|~0-9A-Za-z]+)[\t ]*=[\t ]*(?:"((?:[^"\\]|\\.)*)"|([^\t ",]+))[\t ]*(?:,|$)/sy;

/** An auth-param: its name as it is written, and its value without quotes. */
export type AuthParam = readonly [name: string, value: string];

/**
 * Reads the auth-params of a challenge or of credentials, what follows the scheme (RFC 9110 §11.2), in
 * their order. `undefined` for any other text.
 *
 * @example
 * parseAuthParams('realm="orders", qop=auth'); // [["realm", "orders"], ["qop", "auth"]]
 */
export function parseAuthParams(text: string): readonly AuthParam[] | undefined {
  const params: AuthParam[] = [];
  element.lastIndex = 0;
  while (element.lastIndex < text.length) {
    const [matched, name = "", quoted, token = ""] = element.exec(text) ?? [];
    if (matched === undefined) return undefined;
    params.push([name, quoted === undefined ? token : quoted.replace(/\\(.)/gs, "$1")]);
  }
  return text.endsWith(",") ? undefined : params;
}

/**
 * Writes auth-params, each as a quoted-string but for those that a grammar wants as tokens.
 *
 * @param tokens the names of parameters whose values go without quotes
 * @example
 * formatAuthParams([["realm", "orders"], ["algorithm", "SHA-256"]], ["algorithm"]);
 * // 'realm="orders", algorithm=SHA-256'
 */
export function formatAuthParams(
  params: readonly AuthParam[],
  tokens: readonly string[] = [],
): string {
  return params
    .map(([name, value]) => `${name}=${tokens.includes(name) ? value : quote(value)}`)
    .join(", ");
}

/** A quoted-string (RFC 9110 §5.6.4); what a field value may not hold becomes "?". */
function quote(text: string): string {
  return `"${text.replace(/[^\x20-\x7e]/g, "?").replace(/["\\]/g, "\\$&")}"`;
}
