import type { CryptoKey } from "jose";
import { decodeBase64Url, encodeBase64Url } from "../wire/base64url.ts";
import { toSeconds } from "../wire/clock.ts";
import { ConfigurationError } from "../wire/configuration-error.ts";
import type { Secret } from "../wire/secret.ts";

const utf8 = new TextEncoder();
/** Seconds for which a nonce is good. */
const lifetime = 300;
/** Seconds by which the clocks of servers that share a secret may differ. */
const tolerance = 30;

/** Nonces for DPoP proofs (RFC 9449 §9) that nobody needs to remember. */
export interface Nonces {
  issue(now: number): Promise<string>;
  /** `"good"`, `"ageing"` past half of its life, or `undefined`: not ours, or too old. */
  check(nonce: string, now: number): Promise<"good" | "ageing" | undefined>;
}

/**
 * Nonces that are a time and its HMAC, so that every server with the secret knows them.
 *
 * @throws ConfigurationError when the secret is too short
 */
export function createNonces(secret: string | Uint8Array | Secret): Nonces {
  const given = typeof secret === "object" && "reveal" in secret ? secret.reveal() : secret;
  const bytes = typeof given === "string" ? utf8.encode(given) : given.slice();
  if (bytes.length < 32) {
    throw new ConfigurationError(
      `nonceSecret has ${bytes.length} bytes and needs 32. Make one: openssl rand -base64 32`,
    );
  }
  const params = { name: "HMAC", hash: "SHA-256" };
  let imported: Promise<CryptoKey> | undefined;
  const key = () => {
    imported ??= crypto.subtle.importKey("raw", bytes, params, false, ["sign", "verify"]);
    return imported;
  };

  return {
    async issue(now) {
      const stamp = toSeconds(now).toString(36);
      const mac = await crypto.subtle.sign("HMAC", await key(), authenticated(stamp));
      return `${stamp}.${encodeBase64Url(new Uint8Array(mac))}`;
    },
    async check(nonce, now) {
      const [, stamp = "", text = ""] = /^([0-9a-z]+)\.([\w-]{43})$/.exec(nonce) ?? [];
      const mac = decodeBase64Url(text) ?? new Uint8Array();
      const isOurs = await crypto.subtle.verify("HMAC", await key(), mac, authenticated(stamp));
      if (!isOurs) return undefined;
      const age = toSeconds(now) - Number.parseInt(stamp, 36);
      if (age < -tolerance || age >= lifetime) return undefined;
      return age >= lifetime / 2 ? "ageing" : "good";
    },
  };
}

/** Kept apart from any other text that somebody authenticates with the same secret. */
function authenticated(stamp: string): Uint8Array<ArrayBuffer> {
  return utf8.encode(`countersign DPoP nonce ${stamp}`);
}
