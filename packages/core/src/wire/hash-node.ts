import { createHash } from "node:crypto";

/** The hashes that WebCrypto lacks, from Node's own cryptography. */
export async function legacyHash(
  hash: "SHA-512-256" | "MD5",
  bytes: Uint8Array,
): Promise<Uint8Array> {
  return createHash(hash === "MD5" ? "md5" : "sha512-256")
    .update(bytes)
    .digest();
}
