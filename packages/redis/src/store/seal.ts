import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { ConfigurationError, decodeBase64Url, type Secret } from "@countersign/core/wire";

/** A key that values are encrypted under: 32 random bytes, as such or in base64url. */
export type EncryptionKey = string | Uint8Array | Secret;

/** Encrypts texts (AES-256-GCM), each for the one place where it is kept. */
export interface Sealer {
  seal(text: string, place: string): string;
  /** @throws Error when it was sealed under another key or for another place, or has been changed */
  unseal(sealed: string, place: string): string;
}

/** Names the format; authenticated with the place, so that none passes for another. */
const version = "v1.";
const algorithm = "aes-256-gcm";
const nonceLength = 12;
const tagLength = 16;

/** @throws ConfigurationError when the key is not of 32 bytes */
export function createSealer(encryptionKey: EncryptionKey): Sealer {
  const key = toBytes(encryptionKey);
  const toData = (place: string) => Buffer.from(version + place);
  return {
    seal(text, place) {
      const nonce = randomBytes(nonceLength);
      const cipher = createCipheriv(algorithm, key, nonce).setAAD(toData(place));
      const body = [cipher.update(text, "utf8"), cipher.final()];
      return version + Buffer.concat([nonce, ...body, cipher.getAuthTag()]).toString("base64url");
    },
    unseal(sealed, place) {
      try {
        const bytes = toSealedBytes(sealed);
        const nonce = bytes.subarray(0, nonceLength);
        const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagLength });
        decipher.setAAD(toData(place)).setAuthTag(bytes.subarray(-tagLength));
        const body = decipher.update(bytes.subarray(nonceLength, -tagLength));
        return Buffer.concat([body, decipher.final()]).toString("utf8");
      } catch {
        throw new Error(
          "A value in Redis cannot be opened: it was sealed under another encryptionKey, or changed.",
        );
      }
    },
  };
}

function toSealedBytes(sealed: string): Uint8Array {
  const bytes = decodeBase64Url(sealed.slice(version.length));
  if (bytes && bytes.length >= nonceLength + tagLength && sealed.startsWith(version)) return bytes;
  throw new Error("This was not sealed here.");
}

function toBytes(value: EncryptionKey): Uint8Array {
  const given = typeof value === "object" && "reveal" in value ? value.reveal() : value;
  const bytes = typeof given === "string" ? decodeBase64Url(given) : given;
  if (bytes?.length === 32) return new Uint8Array(bytes);
  throw new ConfigurationError(
    "encryptionKey must be 32 random bytes, as bytes or in base64url without padding. " +
      "Make one: openssl rand -base64 32 | tr '+/' '-_' | tr -d '='",
  );
}
