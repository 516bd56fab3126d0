import { legacyHash } from "#hash";

/** The hash functions that Digest knows (RFC 7616 §6.1). */
export type DigestHash = "SHA-256" | "SHA-512-256" | "MD5";

const utf8 = /* @__PURE__ */ new TextEncoder();

/** A hash in lower-case hex. */
export async function digestHash(hash: DigestHash, data: string | Uint8Array): Promise<string> {
  const bytes = typeof data === "string" ? utf8.encode(data) : new Uint8Array(data);
  if (hash !== "SHA-256") return toHex(await legacyHash(hash, bytes));
  return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
