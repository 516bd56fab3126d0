import { Buffer } from "node:buffer";
import { hash } from "node:crypto";

/** Base64url of Node's own: several times as fast as ours. */
export function encode(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64url");
}

/** Node reads over whatever is none, so only what it would write the same is taken. */
export function decode(text: string): Uint8Array<ArrayBuffer> | undefined {
  const bytes = Buffer.from(text, "base64url");
  if (bytes.toString("base64url") !== text) return undefined;
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** At once: WebCrypto would take the text to another thread and back, for many times as long. */
export function sha256(text: string): string {
  return hash("sha256", text, "base64url");
}

/** The same, as a string of bytes: nothing is made faster of it. */
export function fingerprint(text: string): string {
  return hash("sha256", text, "binary");
}
