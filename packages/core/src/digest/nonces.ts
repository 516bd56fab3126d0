import type { CryptoKey } from "jose";
import { encodeBase64Url } from "../wire/base64url.ts";
import { toSeconds } from "../wire/clock.ts";
import { ConfigurationError } from "../wire/configuration-error.ts";
import { equalInConstantTime } from "../wire/equal.ts";
import { type Secret, toSecret } from "../wire/secret.ts";

const utf8 = /* @__PURE__ */ new TextEncoder();

/** Nonces for Digest (RFC 7616 §3.3) that nobody needs to remember. */
export interface DigestNonces {
  /** A nonce that nobody else gets: nonce counts belong to one caller. */
  issue(now: number): Promise<string>;
  /** Seconds since the epoch until which a nonce is good; `undefined` if it is not ours, or no longer. */
  check(nonce: string, now: number): Promise<number | undefined>;
}

/**
 * Nonces that are their own expiry, a random part, and an HMAC of both, so that every server with the
 * secret knows them.
 *
 * @param secret absent: a random one, which only this process knows
 * @param lifetime seconds
 * @throws ConfigurationError when the secret is too short or the lifetime no whole number
 */
export function createDigestNonces(
  secret: string | Uint8Array | Secret | undefined,
  lifetime: number,
): DigestNonces {
  if (!(Number.isSafeInteger(lifetime) && lifetime > 0)) {
    throw new ConfigurationError(
      "digest: nonceLifetime must be a whole number of seconds, such as 300.",
    );
  }
  const bytes = toBytes(secret);
  let imported: Promise<CryptoKey> | undefined;
  const sign = async (text: string): Promise<string> => {
    const algorithm = { name: "HMAC", hash: "SHA-256" };
    imported ??= crypto.subtle.importKey("raw", bytes, algorithm, false, ["sign"]);
    // The purpose keeps this MAC apart from any other that is made with the same secret.
    const signed = utf8.encode(`countersign digest nonce ${text}`);
    return encodeBase64Url(
      new Uint8Array(await crypto.subtle.sign("HMAC", await imported, signed)),
    );
  };

  return {
    async issue(now) {
      const random = encodeBase64Url(crypto.getRandomValues(new Uint8Array(12)));
      const text = `${toSeconds(now) + lifetime}.${random}`;
      return `${text}.${await sign(text)}`;
    },
    async check(nonce, now) {
      const [, text = "", expiresAt, mac = ""] =
        /^((\d{1,15})\.[\w-]{16})\.([\w-]{43})$/.exec(nonce) ?? [];
      const isOurs = equalInConstantTime(utf8.encode(mac), utf8.encode(await sign(text)));
      return isOurs && toSeconds(now) < Number(expiresAt) ? Number(expiresAt) : undefined;
    },
  };
}

function toBytes(secret: string | Uint8Array | Secret | undefined): Uint8Array<ArrayBuffer> {
  if (secret === undefined) return crypto.getRandomValues(new Uint8Array(32));
  const bytes =
    secret instanceof Uint8Array ? new Uint8Array(secret) : utf8.encode(toSecret(secret).reveal());
  if (bytes.length >= 32) return bytes;
  throw new ConfigurationError(
    `digest: nonceSecret has ${bytes.length} bytes and needs 32. Make one: openssl rand -base64 32`,
  );
}
