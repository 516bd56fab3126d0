import {
  constants,
  createHmac,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  randomUUID,
  sign,
} from "node:crypto";

export const issuer = "https://id.example.test";
export const audience = "https://api.example.test";

/** The algorithms that are compared. */
export const algorithms = ["HS256", "RS256", "PS256", "ES256", "EdDSA"] as const;
export type Algorithm = (typeof algorithms)[number];

/** Makes tokens, and gives the key that verifies them in every form the libraries ask for. */
export interface Minter {
  readonly algorithm: Algorithm;
  readonly kid: string;
  /** The public key, or the secret of HS256. */
  readonly key: KeyObject | Buffer;
  /** PEM of the public key, or the secret of HS256. */
  readonly pem: string | Buffer;
  /** The key set; empty for HS256. */
  readonly jwks: { readonly keys: readonly Record<string, unknown>[] };
  mint(claims?: Readonly<Record<string, unknown>>): string;
}

/** What the tokens of one run say, beside the claims of the caller's. */
export function createMinter(algorithm: Algorithm, kid: string = randomUUID()): Minter {
  const { sign: signIt, key, pem, jwk } = toSigner(algorithm);
  const header = encode({ alg: algorithm, kid, typ: "JWT" });
  return {
    algorithm,
    kid,
    key,
    pem,
    jwks: { keys: jwk ? [{ ...jwk, kid, alg: algorithm, use: "sig" }] : [] },
    mint(claims) {
      const now = Math.floor(Date.now() / 1000);
      const usual = { iss: issuer, aud: audience, sub: "ada", client_id: "app", iat: now };
      const rest = { exp: now + 3600, jti: randomUUID(), scope: "orders:read orders:write" };
      const input = `${header}.${encode({ ...usual, ...rest, ...claims })}`;
      return `${input}.${signIt(Buffer.from(input)).toString("base64url")}`;
    },
  };
}

/** Different tokens of one issuer. */
export function mintMany(minter: Minter, count: number): string[] {
  return Array.from({ length: count }, () => minter.mint());
}

function toSigner(algorithm: Algorithm) {
  if (algorithm === "HS256") {
    const secret = randomBytes(32);
    const signIt = (input: Buffer) => createHmac("sha256", secret).update(input).digest();
    return { sign: signIt, key: secret, pem: secret, jwk: undefined };
  }
  const { privateKey, publicKey } = generate(algorithm);
  const digest = algorithm === "EdDSA" ? null : "sha256";
  return {
    sign: (input: Buffer) => sign(digest, input, withParameters(algorithm, privateKey)),
    key: publicKey,
    pem: publicKey.export({ type: "spki", format: "pem" }),
    jwk: publicKey.export({ format: "jwk" }),
  };
}

function generate(algorithm: Exclude<Algorithm, "HS256">) {
  if (algorithm === "ES256") return generateKeyPairSync("ec", { namedCurve: "P-256" });
  if (algorithm === "EdDSA") return generateKeyPairSync("ed25519");
  return generateKeyPairSync("rsa", { modulusLength: 2048 });
}

/** What `node:crypto` has to be told of a key for an algorithm of RFC 7518. */
export function withParameters(algorithm: Algorithm, key: KeyObject) {
  if (algorithm === "ES256") return { key, dsaEncoding: "ieee-p1363" as const };
  if (algorithm !== "PS256") return { key };
  return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
