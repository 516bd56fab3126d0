import type { CryptoKey } from "jose";
import { decodeBase64Url, encodeBase64Url } from "./base64url.ts";
import { ConfigurationError } from "./configuration-error.ts";
import type { Secret } from "./secret.ts";

/** Texts that whoever has the secret recognises as made by one who has it, by HMAC-SHA256. */
export interface Mac {
  /** In base64url: 43 characters. */
  sign(text: string): Promise<string>;
  /** Compares in constant time. */
  verify(text: string, mac: string): Promise<boolean>;
}

const utf8 = /* @__PURE__ */ new TextEncoder();

/**
 * @param secret 32 bytes or more
 * @param name what the secret is called, for the message
 * @throws ConfigurationError when it is shorter
 */
export function createMac(secret: string | Uint8Array | Secret, name: string): Mac {
  const given = typeof secret === "object" && "reveal" in secret ? secret.reveal() : secret;
  const bytes = typeof given === "string" ? utf8.encode(given) : new Uint8Array(given);
  if (bytes.length < 32) {
    throw new ConfigurationError(
      `${name} has ${bytes.length} bytes and needs 32. Make one: openssl rand -base64 32`,
    );
  }
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  let importing: Promise<CryptoKey> | undefined;
  const key = (): Promise<CryptoKey> => {
    importing ??= crypto.subtle.importKey("raw", bytes, algorithm, false, ["sign", "verify"]);
    return importing;
  };
  return {
    async sign(text) {
      const mac = await crypto.subtle.sign("HMAC", await key(), utf8.encode(text));
      return encodeBase64Url(new Uint8Array(mac));
    },
    async verify(text, mac) {
      const signature = decodeBase64Url(mac) ?? new Uint8Array();
      return crypto.subtle.verify("HMAC", await key(), signature, utf8.encode(text));
    },
  };
}
