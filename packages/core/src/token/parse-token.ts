import { decodeBase64Url } from "../wire/base64url.ts";
import { type JsonObject, parseJsonObject } from "../wire/strict-json.ts";

/** The longest token that is looked at, in characters. */
export const longestToken = 16 * 1024;

/** The header of a signed token, as far as it is used (RFC 7515 §4). */
export interface TokenHeader {
  readonly alg: string;
  readonly kid: string | undefined;
  readonly typ: string | undefined;
}

/** A token in parts, none of which has been verified. */
export interface ParsedToken<H extends TokenHeader = TokenHeader> {
  /** The compact serialisation itself. */
  readonly text: string;
  readonly header: H;
  readonly claims: JsonObject;
}

/** Whether a text is a JWT at first sight: a base64url segment that starts a JSON object, and a dot. */
export function looksLikeJwt(text: string): boolean {
  // "{" followed by anything: "e", then a character of 48 to 63.
  return /^e[w-z0-9_-][A-Za-z0-9_-]*\./.test(text);
}

/**
 * Takes an access token apart, or gives `undefined`. Key material in its header (`jwk`, `jku`, `x5c`,
 * `x5u`) is not even looked at (RFC 8725 §3.10).
 */
export function parseToken(text: string): ParsedToken | undefined {
  return parseJws(text, longestToken, readHeader);
}

/**
 * Takes a compact JWS apart, strictly and before any cryptography (RFC 7515 §5.2, RFC 7519 §7.2), or
 * gives `undefined`.
 *
 * @param longest in characters
 * @param read what is used of the header, or `undefined` when it will not do
 */
export function parseJws<H extends TokenHeader>(
  text: string,
  longest: number,
  read: (header: JsonObject) => H | undefined,
): ParsedToken<H> | undefined {
  if (text.length > longest) return undefined;
  const segments = text.split(".", 4);
  const [headerSegment, payloadSegment, signatureSegment] = segments;
  if (
    segments.length !== 3 ||
    !headerSegment ||
    !payloadSegment ||
    signatureSegment === undefined
  ) {
    return undefined;
  }
  const members = parseSegment(headerSegment);
  const header = members && read(members);
  const claims = parseSegment(payloadSegment);
  if (!header || !claims || decodeBase64Url(signatureSegment) === undefined) return undefined;
  return { text, header, claims };
}

function parseSegment(segment: string): JsonObject | undefined {
  const bytes = decodeBase64Url(segment);
  return bytes && parseJsonObject(bytes);
}

/** The part of a header that any signed token has. */
export function readHeader(header: JsonObject): TokenHeader | undefined {
  const { alg, kid, typ, crit, b64 } = header;
  // We understand no extension, so any `crit` is one that we do not understand (RFC 7515 §4.1.11).
  if (crit !== undefined || (b64 !== undefined && b64 !== true)) return undefined;
  if (typeof alg !== "string" || alg === "") return undefined;
  if (!isOptionalString(kid) || !isOptionalString(typ)) return undefined;
  return { alg, kid, typ };
}

function isOptionalString(value: unknown): value is string | undefined {
  return value === undefined || typeof value === "string";
}
