import { md5 } from "@noble/hashes/legacy.js";
import { sha512_256 } from "@noble/hashes/sha2.js";

/** The hash functions that Digest knows (RFC 7616 §6.1). */
export type DigestHash = "SHA-256" | "SHA-512-256" | "MD5";

const utf8 = /* @__PURE__ */ new TextEncoder();

/** A hash in lower-case hex. Of SHA-512/256 and MD5 WebCrypto knows nothing. */
export async function digestHash(hash: DigestHash, data: string | Uint8Array): Promise<string> {
  const bytes = typeof data === "string" ? utf8.encode(data) : new Uint8Array(data);
  switch (hash) {
    case "SHA-256":
      return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
    case "SHA-512-256":
      return toHex(sha512_256(bytes));
    case "MD5":
      return toHex(md5(bytes));
  }
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
