import { reach } from "../reach.ts";
import type { KeyRing, PublicKey } from "./key-ring.ts";

/** How long others may keep the key set without asking again, in seconds. */
export const keySetMaxAge = 300;

/**
 * The public keys of an issuer (RFC 7517 §5), as `/jwks` serves them.
 *
 * @example
 * const guardKeys = { jwks: () => issuer.jwks() };
 */
export interface PublicKeySet {
  readonly keys: PublicKey[];
}

export async function toKeySet(ring: KeyRing): Promise<PublicKeySet> {
  const published = await reach(() => ring.published());
  return { keys: published.filter(({ kty }) => kty !== "oct").map(onlyPublic) };
}

/** Names what goes out instead of what does not: a ring's slip must not publish a private key. */
function onlyPublic({ kid, alg, kty, crv, x, y, n, e }: PublicKey): PublicKey {
  const members = Object.entries({ kty, crv, x, y, n, e }).filter(
    ([, value]) => value !== undefined,
  );
  return { ...(Object.fromEntries(members) as Pick<PublicKey, "kty">), kid, alg, use: "sig" };
}
