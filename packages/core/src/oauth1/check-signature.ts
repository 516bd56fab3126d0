import type { CryptoKey } from "jose";
import { readPem } from "../keys/read-pem.ts";
import {
  type OAuth1SignatureMethod,
  rsaSha1,
  verifyOAuth1,
  verifyOAuth1Rsa,
} from "../wire/oauth1-signature.ts";
import { type Secret, toSecret } from "../wire/secret.ts";

/** What a consumer signs with: a secret that both know, or a private key. */
export type OAuth1Key =
  | { readonly secret: string | Secret }
  /** In PEM, RSA of 2048 bits or more. */
  | { readonly publicKey: string };

/** A signature, and who is said to have made it. */
export interface OAuth1Claim {
  readonly method: OAuth1SignatureMethod;
  readonly baseString: string;
  readonly signature: string;
  readonly consumer: OAuth1Key | undefined;
  readonly tokenSecret: string | Secret | undefined;
}

/**
 * Makes the check of signatures; those of unknown consumers are checked too, at the same cost, so that
 * the time tells nobody who exists. A consumer signs with its secret or with its key, and whoever comes
 * with the other kind of signature is unknown: a public key is no secret to make an HMAC with.
 */
export function createSignatureCheck(): (claim: OAuth1Claim) => Promise<boolean> {
  const nobodysSecret = crypto.randomUUID();
  let nobodysKey: Promise<CryptoKey> | undefined;

  return async ({ method, baseString, signature, consumer, tokenSecret }) => {
    if (method === "RSA-SHA1") {
      const pem = consumer && "publicKey" in consumer ? consumer.publicKey : undefined;
      if (pem) return verifyOAuth1Rsa(baseString, signature, await importKey(pem));
      nobodysKey ??= generateKey();
      await verifyOAuth1Rsa(baseString, signature, await nobodysKey);
      return false;
    }
    const secret = consumer && "secret" in consumer ? consumer.secret : undefined;
    const secrets = {
      consumerSecret: toSecret(secret ?? "").reveal() || nobodysSecret,
      tokenSecret: toSecret(tokenSecret ?? "").reveal(),
    };
    return verifyOAuth1(method, baseString, signature, secrets);
  };
}

/** What cannot be used was stored wrongly: no fault of the caller's, who gets 503. */
async function importKey(pem: string): Promise<CryptoKey> {
  const { n = "", e = "" } = readStored(pem);
  if (n.length * 6 < 2048) {
    throw new Error("oauth1: a consumer's publicKey must be an RSA key of 2048 bits or more.");
  }
  return crypto.subtle.importKey("jwk", { kty: "RSA", n, e }, rsaSha1, false, ["verify"]);
}

function readStored(pem: string): ReturnType<typeof readPem> {
  try {
    return readPem(pem);
  } catch (cause) {
    throw new Error("oauth1: a consumer's publicKey cannot be read.", { cause });
  }
}

async function generateKey(): Promise<CryptoKey> {
  const size = { modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
  const pair = await crypto.subtle.generateKey({ ...rsaSha1, ...size }, false, ["sign", "verify"]);
  return pair.publicKey;
}
