import { encodeBase64Url } from "@countersign/core/wire";
import type { SigningKey } from "@countersign/issuer";
import { CompactSign, type CryptoKey } from "jose";

/** What a minted token says. Anything may be wrong: that is what tests are for. */
export interface MintOptions {
  /** `sub`; default `"test-user"`, `null` leaves it out. */
  readonly subject?: string | null;
  /** Space-separated scopes. */
  readonly scope?: string;
  readonly roles?: readonly string[];
  /** `aud`; default: the issuer's audience. */
  readonly audience?: string | readonly string[];
  /** `iss`; default: the issuer's URL. */
  readonly issuer?: string;
  /** Seconds from now until `exp`; default 300, negative for an expired token. */
  readonly expiresIn?: number;
  /** Any further claims; they win over all others, and `undefined` takes a claim away. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Header members; they win over the usual ones, and `alg: "none"` leaves the token unsigned. */
  readonly header?: Readonly<Record<string, unknown>>;
  /** What signs; default: the issuer's current key. */
  readonly key?: CryptoKey | Uint8Array;
}

/** The issuer's side of a minted token. */
export interface MintContext {
  readonly url: string;
  readonly audience: string;
  readonly key: SigningKey;
  /** Seconds since the epoch. */
  readonly now: number;
}

const utf8 = new TextEncoder();

/** A real token, signed for real, with whatever claims and header the test asks for. */
export async function mintToken(context: MintContext, options: MintOptions): Promise<string> {
  const { subject = "test-user", expiresIn = 300 } = options;
  const claims = {
    iss: options.issuer ?? context.url,
    aud: options.audience ?? context.audience,
    sub: subject ?? undefined,
    client_id: "test-client",
    iat: context.now,
    exp: context.now + expiresIn,
    jti: crypto.randomUUID(),
    scope: options.scope,
    roles: options.roles,
    ...options.claims,
  };
  const header = {
    alg: context.key.algorithm,
    kid: context.key.kid,
    typ: "at+jwt",
    ...options.header,
  };
  const payload = utf8.encode(JSON.stringify(claims));
  if (header.alg === "none") {
    return `${encodeBase64Url(utf8.encode(JSON.stringify(header)))}.${encodeBase64Url(payload)}.`;
  }
  const key = options.key ?? context.key.privateKey;
  return new CompactSign(payload).setProtectedHeader(header).sign(key);
}
