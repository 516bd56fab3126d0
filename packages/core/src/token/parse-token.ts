import type { Signed } from "../keys/signature.ts";
import { createRecent, type Recent } from "../state/recent.ts";
import { decodeBase64Url, encodeBase64Url } from "../wire/base64url.ts";
import { type JsonObject, parseJsonObject } from "../wire/strict-json.ts";

/** The longest token that is looked at: 16 Ki characters. */
export const longestToken = 16_384;

/** The header of a signed token, as far as it is used (RFC 7515 §4). */
export interface TokenHeader {
  readonly alg: string;
  readonly kid: string | undefined;
  readonly typ: string | undefined;
}

/** A token in parts, none of which has been verified. */
export interface ParsedToken<H extends TokenHeader = TokenHeader> extends Signed {
  readonly header: H;
  readonly claims: JsonObject;
}

/** Whether a text is a JWT at first sight: a base64url segment that starts a JSON object, and a dot. */
export function looksLikeJwt(text: string): boolean {
  // "{" followed by anything: "e", then a character of 48 to 63.
  return /^e[w-z0-9_-][A-Za-z0-9_-]*\./.test(text.slice(0, longestToken));
}

/**
 * Takes an access token apart, or gives `undefined`. Key material in its header (`jwk`, `jku`, `x5c`,
 * `x5u`) is not even looked at (RFC 8725 §3.10).
 */
export function parseToken(text: string): ParsedToken | undefined {
  return parseJws(text, longestToken, readHeader, knownHeaders);
}

/** All tokens of one key begin alike, most often. */
const knownHeaders = /* @__PURE__ */ createRecent<TokenHeader>(100);

/**
 * Takes a compact JWS apart, strictly and before any cryptography (RFC 7515 §5.2, RFC 7519 §7.2), or
 * gives `undefined`.
 *
 * @param longest in characters
 * @param read what is used of the header, or `undefined` when it will not do
 * @param known headers that have been read already
 */
export function parseJws<H extends TokenHeader>(
  text: string,
  longest: number,
  read: (header: JsonObject) => H | undefined,
  known?: Recent<H>,
): ParsedToken<H> | undefined {
  if (text.length > longest) return undefined;
  const first = text.indexOf(".");
  const second = text.indexOf(".", first + 1);
  // A third dot stands in the last segment, which cannot be decoded then.
  if (second < 0) return undefined;
  const headerSegment = text.slice(0, first);
  const payloadSegment = text.slice(first + 1, second);
  const header = known?.find(headerSegment) ?? parseHeader(headerSegment, read, known);
  const claims = header && parseSegment(payloadSegment);
  const signature = claims && decodeBase64Url(text.slice(second + 1));
  return signature && { text, header, claims, signature };
}

function parseHeader<H>(
  segment: string,
  read: (header: JsonObject) => H | undefined,
  known: Recent<H> | undefined,
): H | undefined {
  const bytes = decodeBase64Url(segment);
  const members = bytes && parseJsonObject(bytes);
  const header = members && read(members);
  // By a text of its own: the segment holds on to the whole token's.
  if (bytes && header) known?.keep(encodeBase64Url(bytes), header);
  return header;
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
  return Object.freeze({ alg, kid, typ });
}

function isOptionalString(value: unknown): value is string | undefined {
  return value === undefined || typeof value === "string";
}
