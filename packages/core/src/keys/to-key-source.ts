import { requireThat } from "../wire/configuration-error.ts";
import { requireSecureUrl } from "../wire/loopback.ts";
import { discoverJwksUrl } from "./discover.ts";
import { fetchJson } from "./fetch-json.ts";
import type { KeyOptions } from "./key-options.ts";
import { fixedKeys, type KeySource, keyForAnyKid } from "./key-source.ts";
import { remoteKeys } from "./remote-keys.ts";
import { toSecretKey } from "./secret-key.ts";
import {
  type JsonWebKeySet,
  toVerificationKeys,
  type VerificationKey,
} from "./verification-key.ts";

/**
 * Where an issuer's keys come from, as its options say.
 *
 * @throws ConfigurationError when they say it twice, or name a place or a key that is not safe
 */
export function toKeySource(options: KeyOptions & { readonly issuer: string }): KeySource {
  const { issuer, jwks, publicKey, secret, algorithms, fetch, keyLifetime } = options;
  requireThat(
    [jwks, publicKey, secret].filter((given) => given !== undefined).length < 2,
    "Give one of jwks, publicKey and secret, or none to discover the keys.",
  );
  if (secret !== undefined) return keyForAnyKid(toSecretKey(secret, algorithms));
  if (publicKey !== undefined) {
    const [key] = fixedSet({ keys: [publicKey] }, algorithms);
    return keyForAnyKid(key);
  }
  if (typeof jwks === "function") return remoteKeys(jwks, algorithms, keyLifetime);
  if (jwks === undefined) {
    requireSecureUrl(issuer, "issuer, whose keys are to be discovered,");
    let url: string | undefined;
    return remoteKeys(
      async (signal) => {
        url ??= await discoverJwksUrl(issuer, signal, fetch);
        try {
          return await fetchSet(url, signal);
        } catch (error) {
          // Perhaps the keys have moved.
          url = undefined;
          throw error;
        }
      },
      algorithms,
      keyLifetime,
    );
  }
  if (typeof jwks === "string" || jwks instanceof URL) {
    const url = requireSecureUrl(jwks, "jwks").href;
    return remoteKeys((signal) => fetchSet(url, signal), algorithms, keyLifetime);
  }
  return fixedKeys(fixedSet(jwks, algorithms));

  async function fetchSet(url: string, signal: AbortSignal): Promise<JsonWebKeySet> {
    return (await fetchJson(url, signal, fetch)) as unknown as JsonWebKeySet;
  }
}

function fixedSet(
  set: JsonWebKeySet,
  algorithms: KeyOptions["algorithms"],
): readonly [VerificationKey, ...VerificationKey[]] {
  const [first, ...others] = toVerificationKeys(set, algorithms);
  requireThat(
    first,
    "No configured key can verify signatures: give JWKs (readPem makes one of PEM) of RSA with 2048 " +
      "bits or more, P-256, P-384, P-521 or Ed25519, whose use, key_ops and alg allow it.",
  );
  return [first, ...others];
}
