import { percentDecode, percentEncode } from "./percent-encoding.ts";

/**
 * The ext-value of a text, as `username*` needs it (RFC 8187 §3.2, RFC 7616 §3.4).
 *
 * @example
 * encodeExtValue("Jäsøn Doe"); // "UTF-8''J%C3%A4s%C3%B8n%20Doe"
 */
export function encodeExtValue(text: string): string {
  return `UTF-8''${percentEncode(text)}`;
}

/** Reads an ext-value in UTF-8, the only charset that counts today; `undefined` for any other text. */
export function decodeExtValue(value: string): string | undefined {
  const match = /^utf-8'[A-Za-z0-9-]*'((?:%[0-9A-Fa-f]{2}|[!#$&+\-.^_`|~0-9A-Za-z])*)$/i.exec(
    value,
  );
  return match === null ? undefined : percentDecode(match[1] ?? "");
}
