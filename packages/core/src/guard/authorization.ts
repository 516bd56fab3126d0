/** The credentials of an Authorization field (RFC 9110 §11.6.2). */
export interface Authorization {
  /** The auth-scheme in lower case; it is case-insensitive. */
  readonly scheme: string;
  /** What follows it, untouched. */
  readonly value: string;
}

/** The auth-schemes that access tokens are sent under (RFC 6750 §2.1, RFC 9449 §7.1). */
export type TokenAuthScheme = "Bearer" | "DPoP";

/** Which of them credentials are under, if any. */
export function tokenAuthScheme({ scheme }: Authorization): TokenAuthScheme | undefined {
  if (scheme === "bearer") return "Bearer";
  return scheme === "dpop" ? "DPoP" : undefined;
}

const start = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+)(?: +(.*))?$/s;
const parameter = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+[\t ]*=[\t ]*(?:"(?:[^"\\]|\\.)*"|[^\s",]+)$/s;

/**
 * Reads an Authorization field. Two field lines reach us joined by a comma, as any list does; a
 * second credential then stands where only an auth-param may, and the whole is malformed.
 */
export function parseAuthorization(
  field: string | undefined,
): Authorization | "malformed" | undefined {
  if (field === undefined) return undefined;
  const [first = "", ...others] = splitList(field);
  const match = start.exec(trim(first));
  if (match === null) return "malformed";
  const parameters = others.map(trim);
  if (!parameters.every((element) => parameter.test(element))) return "malformed";
  const scheme = (match[1] ?? "").toLowerCase();
  const value = [trim(match[2] ?? ""), ...parameters].join(", ");
  return { scheme, value };
}

/** Splits at the commas that stand outside quoted-strings. */
function splitList(field: string): string[] {
  if (!field.includes(",")) return [field];
  const parts: string[] = [];
  let quoted = false;
  let from = 0;
  for (let at = 0; at < field.length; at++) {
    const character = field[at];
    if (quoted && character === "\\") at++;
    else if (character === '"') quoted = !quoted;
    else if (character === "," && !quoted) {
      parts.push(field.slice(from, at));
      from = at + 1;
    }
  }
  parts.push(field.slice(from));
  return parts;
}

/** Without the white space that may surround an element (RFC 9110 §5.6.3): no other is white. */
function trim(text: string): string {
  let [from, to] = [0, text.length];
  while (text[from] === " " || text[from] === "\t") from++;
  while (to > from && (text[to - 1] === " " || text[to - 1] === "\t")) to--;
  return text.slice(from, to);
}

/** The one token68 of credentials that have no parameters, or `undefined` (RFC 9110 §11.2). */
export function token68(value: string): string | undefined {
  return /^[A-Za-z0-9\-._~+/]+=*$/.test(value) ? value : undefined;
}
