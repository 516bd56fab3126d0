import { encodeBase64Url } from "../wire/base64url.ts";
import { toSeconds } from "../wire/clock.ts";
import { ConfigurationError } from "../wire/configuration-error.ts";
import { createMac } from "../wire/mac.ts";
import type { Secret } from "../wire/secret.ts";

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
  const mac = createMac(
    secret ?? crypto.getRandomValues(new Uint8Array(32)),
    "digest: nonceSecret",
  );
  // The purpose keeps this MAC apart from any other that is made with the same secret.
  const purposeful = (text: string) => `countersign digest nonce ${text}`;

  return {
    async issue(now) {
      const random = encodeBase64Url(crypto.getRandomValues(new Uint8Array(12)));
      const text = `${toSeconds(now) + lifetime}.${random}`;
      return `${text}.${await mac.sign(purposeful(text))}`;
    },
    async check(nonce, now) {
      const [, text = "", expiresAt, code = ""] =
        /^((\d{1,15})\.[\w-]{16})\.([\w-]{43})$/.exec(nonce) ?? [];
      const isOurs = await mac.verify(purposeful(text), code);
      return isOurs && toSeconds(now) < Number(expiresAt) ? Number(expiresAt) : undefined;
    },
  };
}
