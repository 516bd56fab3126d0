import { requireThat, toSeconds, toSecret } from "@countersign/core/wire";
import { type CryptoKey, SignJWT } from "jose";
import type { BearerToken } from "../token/token-source.ts";
import { bearer } from "./bearer.ts";
import type { Credential } from "./credential.ts";
import { onServerTime } from "./server-time.ts";

/** What a self-signed token says, and who signs it. */
export interface SignedJwtOptions {
  /** `iss`, and `sub` unless that is given: who calls. */
  readonly issuer: string;
  readonly subject?: string;
  /** `aud`: the API. */
  readonly audience: string | readonly string[];
  /** The private key; it need not be extractable. */
  readonly key: CryptoKey;
  /** Its `kid`, by which the API finds the public key. */
  readonly keyId?: string;
  /** Default: what the key is for; of RSA keys `RS256`. */
  readonly algorithm?: string;
  /** Further claims. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Seconds for which a token is good. Default: 300. */
  readonly lifetime?: number;
}

const byCurve: Readonly<Record<string, string>> = {
  "P-256": "ES256",
  "P-384": "ES384",
  "P-521": "ES512",
  Ed25519: "EdDSA",
};

/**
 * A token that the caller signs itself, as service accounts do: a JWT (RFC 7519) with `iss`, `sub`,
 * `aud`, `iat`, `exp` and `jti`, sent as Bearer. One is used until half of its life is over, or until the
 * API refuses it.
 *
 * @throws ConfigurationError when the key is not a private one, or there is no algorithm for it
 * @example
 * signedJwt({ issuer: "billing", audience: "https://api.example.com", key, keyId: "2026-11" });
 */
export function signedJwt(options: SignedJwtOptions): Credential {
  const { issuer, subject = issuer, audience, key, keyId, claims, lifetime = 300 } = options;
  const algorithm = options.algorithm ?? algorithmOf(key);
  requireThat(issuer && subject && audience.length > 0, "signedJwt: give issuer and audience.");
  requireThat(key?.type === "private" && algorithm, "signedJwt: give a private key, for signing.");
  requireThat(
    Number.isSafeInteger(lifetime) && lifetime > 1,
    "signedJwt: lifetime is a whole number of seconds.",
  );
  const header = { alg: algorithm, typ: "JWT", ...(keyId !== undefined && { kid: keyId }) };

  async function sign(now: number): Promise<BearerToken> {
    const usual = { iss: issuer, sub: subject, aud: audience, jti: crypto.randomUUID() };
    const times = { iat: now, exp: now + lifetime };
    const payload = { ...claims, ...usual, ...times } as Record<string, unknown>;
    const value = toSecret(await new SignJWT(payload).setProtectedHeader(header).sign(key));
    return { type: "bearer", value, expiresAt: times.exp };
  }

  let signing: { readonly from: number; readonly token: Promise<BearerToken> } | undefined;
  return onServerTime({
    attach(request, context) {
      const now = toSeconds(context.now());
      // A clock that was set back would hand out tokens of the future.
      const isGood = signing && now >= signing.from && now < signing.from + lifetime / 2;
      if (!signing || !isGood) signing = { from: now, token: sign(now) };
      const current = signing;
      const token = () => current.token;
      const invalidate = () => {
        if (signing === current) signing = undefined;
      };
      return bearer({ token, invalidate }).attach(request, context);
    },
  });
}

function algorithmOf(key: CryptoKey | undefined): string | undefined {
  const {
    name = "",
    namedCurve = name,
    hash,
  } = (key?.algorithm ?? {}) as Partial<
    Record<"name" | "namedCurve", string> & { hash: { name: string } }
  >;
  const bits = hash?.name.slice(-3);
  if (name === "RSASSA-PKCS1-v1_5") return `RS${bits}`;
  if (name === "RSA-PSS") return `PS${bits}`;
  return byCurve[namedCurve];
}
