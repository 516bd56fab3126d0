import type { CryptoKey } from "jose";
import { decodeBase64Url, encodeBase64Url } from "../wire/base64url.ts";
import { ConfigurationError } from "../wire/configuration-error.ts";
import { type Secret, toSecret } from "../wire/secret.ts";

/**
 * Tokens against cross-site request forgery: `random.HMAC(session, random)`. Nothing is stored, and a
 * token is good for one session alone.
 */
export interface CsrfTokens {
  /** A new token for a session: hand it to the page, which sends it back as `X-CSRF-Token`. */
  issue(session: string): Promise<string>;
  verify(token: string, session: string): Promise<boolean>;
}

const utf8 = new TextEncoder();
const algorithm = { name: "HMAC", hash: "SHA-256" };

/**
 * Makes and checks CSRF tokens.
 *
 * @param secret 32 bytes or more that all processes share
 * @throws ConfigurationError when the secret is shorter
 * @example
 * const csrf = createCsrfTokens(process.env.CSRF_SECRET);
 * const token = await csrf.issue(sessionId);
 */
export function createCsrfTokens(secret: string | Secret): CsrfTokens {
  const bytes = utf8.encode(toSecret(secret).reveal());
  if (bytes.length < 32) {
    throw new ConfigurationError(
      `The CSRF secret has ${bytes.length} bytes and needs 32. Make one: openssl rand -base64 32`,
    );
  }
  let importing: Promise<CryptoKey> | undefined;
  const key = (): Promise<CryptoKey> => {
    importing ??= crypto.subtle.importKey("raw", bytes, algorithm, false, ["sign", "verify"]);
    return importing;
  };
  // The random part has one length, so no other pair of texts makes the same message.
  const message = (random: string, session: string) => utf8.encode(`${random}.${session}`);

  return Object.freeze({
    async issue(session: string) {
      const random = encodeBase64Url(crypto.getRandomValues(new Uint8Array(16)));
      const mac = await crypto.subtle.sign("HMAC", await key(), message(random, session));
      return `${random}.${encodeBase64Url(new Uint8Array(mac))}`;
    },
    async verify(token: string, session: string) {
      const [, random, mac] = /^([\w-]{22})\.([\w-]{43})$/.exec(token) ?? [];
      const signature = mac === undefined ? undefined : decodeBase64Url(mac);
      if (random === undefined || signature === undefined) return false;
      return crypto.subtle.verify("HMAC", await key(), signature, message(random, session));
    },
  });
}
