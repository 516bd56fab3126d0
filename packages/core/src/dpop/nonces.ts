import { toSeconds } from "../wire/clock.ts";
import { createMac } from "../wire/mac.ts";
import type { Secret } from "../wire/secret.ts";

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
  const mac = createMac(secret, "nonceSecret");
  return {
    async issue(now) {
      const stamp = toSeconds(now).toString(36);
      return `${stamp}.${await mac.sign(authenticated(stamp))}`;
    },
    async check(nonce, now) {
      const [, stamp = "", text = ""] = /^([0-9a-z]+)\.([\w-]{43})$/.exec(nonce) ?? [];
      if (!(await mac.verify(authenticated(stamp), text))) return undefined;
      const age = toSeconds(now) - Number.parseInt(stamp, 36);
      if (age < -tolerance || age >= lifetime) return undefined;
      return age >= lifetime / 2 ? "ageing" : "good";
    },
  };
}

/** Kept apart from any other text that somebody authenticates with the same secret. */
function authenticated(stamp: string): string {
  return `countersign DPoP nonce ${stamp}`;
}
