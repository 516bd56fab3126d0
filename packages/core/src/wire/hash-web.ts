import { ConfigurationError } from "./configuration-error.ts";

/**
 * The hashes that WebCrypto lacks, from `@noble/hashes`, which is installed where they are needed.
 *
 * @throws ConfigurationError when it is not
 */
export async function legacyHash(
  hash: "SHA-512-256" | "MD5",
  bytes: Uint8Array,
): Promise<Uint8Array> {
  try {
    if (hash === "MD5") return (await import("@noble/hashes/legacy.js")).md5(bytes);
    return (await import("@noble/hashes/sha2.js")).sha512_256(bytes);
  } catch {
    throw new ConfigurationError(
      `Digest with ${hash} needs @noble/hashes on this runtime. Install it: npm install @noble/hashes`,
    );
  }
}
