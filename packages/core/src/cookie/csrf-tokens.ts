import { encodeBase64Url } from "../wire/base64url.ts";
import { createMac } from "../wire/mac.ts";
import type { Secret } from "../wire/secret.ts";

/**
 * Tokens against cross-site request forgery: `random.HMAC(session, random)`. Nothing is stored, and a
 * token is good for one session alone.
 */
export interface CsrfTokens {
  /** A new token for a session: hand it to the page, which sends it back as `X-CSRF-Token`. */
  issue(session: string): Promise<string>;
  verify(token: string, session: string): Promise<boolean>;
}

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
  const mac = createMac(secret, "The CSRF secret");
  // The random part has one length, so no other pair of texts makes the same message.
  const message = (random: string, session: string) => `${random}.${session}`;

  return Object.freeze({
    async issue(session: string) {
      const random = encodeBase64Url(crypto.getRandomValues(new Uint8Array(16)));
      return `${random}.${await mac.sign(message(random, session))}`;
    },
    async verify(token: string, session: string) {
      const [, random, code] = /^([\w-]{22})\.([\w-]{43})$/.exec(token) ?? [];
      if (random === undefined || code === undefined) return false;
      return mac.verify(message(random, session), code);
    },
  });
}
