/** The credentials of an Authorization field (RFC 9110 §11.6.2). */
export interface Authorization {
  /** The auth-scheme in lower case; it is case-insensitive. */
  readonly scheme: string;
  /** What follows it, untouched. */
  readonly value: string;
}

/** The auth-schemes that access tokens are sent under (RFC 6750 §2.1, RFC 9449 §7.1). */
export type TokenAuthScheme = "Bearer" | "DPoP";

/** What a scheme takes that takes all tokens sent as Bearer which no other scheme knows. */
export const otherTokens = "tokens sent as Bearer that no other scheme knows";

// Sticky, so that it leaves where it ended and makes nothing of what it found.
const authScheme = /[\t ]*[!#$%&'*+\-.^_`|~\w]+(?: |[\t ]*$)[\t ]*/y;

// Whatever stands before the first comma outside a quoted-string, and auth-params behind it.
const elements =
  /^(?:[^",]|"(?:[^"\\]|\\.)*(?:"|\\?$))*(?:,[\t ]*[!#$%&'*+\-.^_`|~\w]+[\t ]*=[\t ]*(?:"(?:[^"\\]|\\.)*"|[^\s",]+)[\t ]*)*$/s;

/**
 * Reads an Authorization field. Two field lines reach us joined by a comma, as any list does; a
 * second credential then stands where only an auth-param may, and the whole is malformed.
 */
export function parseAuthorization(
  field: string | undefined,
): Authorization | "malformed" | undefined {
  if (field === undefined) return undefined;
  authScheme.lastIndex = 0;
  if (!authScheme.test(field)) return "malformed";
  const start = authScheme.lastIndex;
  let end = field.length;
  while (" \t".includes(field[end - 1] as string)) end--;
  const value = field.slice(start, end);
  // Most values are one long token: then there is nothing to tell apart.
  if (/[",]/.test(value) && !elements.test(value)) return "malformed";
  return { scheme: field.slice(0, start).trim().toLowerCase(), value };
}

/** The one token68 of credentials that have no parameters, or `undefined` (RFC 9110 §11.2). */
export function token68(value: string): string | undefined {
  return /^[A-Za-z0-9\-._~+/]+=*$/.test(value) ? value : undefined;
}
