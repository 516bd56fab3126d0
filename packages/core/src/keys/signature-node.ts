import { Buffer } from "node:buffer";
import {
  constants,
  createPublicKey,
  hash,
  type KeyObject,
  timingSafeEqual,
  verify,
} from "node:crypto";
import type { KeyMaterial, SignatureCheck } from "./signature.ts";

/** Whether this is the signature of a signing input (RFC 7515 §5.2). */
type Check = (input: string, signature: Uint8Array) => boolean;

/**
 * By Node's own cryptography, at once: jose, through WebCrypto, has each token go to another thread and
 * back. Its answers are those of jose; the same tests hold for both.
 */
export function signatureCheck(material: KeyMaterial): SignatureCheck {
  const checks = new Map<string, Check>();
  return ({ text, signature }, alg) => {
    try {
      let check = checks.get(alg);
      if (check === undefined) {
        check = algorithms.get(alg)?.(material);
        if (check === undefined) return false;
        checks.set(alg, check);
      }
      return check(text.slice(0, text.lastIndexOf(".")), signature);
    } catch {
      return false;
    }
  };
}

/** RFC 7518 §3.1, RFC 8037 §3.1, RFC 9864. */
const algorithms: ReadonlyMap<string, (material: KeyMaterial) => Check> = new Map([
  ["HS256", hmac("sha256", 64)],
  ["HS384", hmac("sha384", 128)],
  ["HS512", hmac("sha512", 128)],
  ["RS256", rsa("sha256")],
  ["RS384", rsa("sha384")],
  ["RS512", rsa("sha512")],
  ["PS256", rsa("sha256", 32)],
  ["PS384", rsa("sha384", 48)],
  ["PS512", rsa("sha512", 64)],
  ["ES256", ecdsa("sha256", "prime256v1")],
  ["ES384", ecdsa("sha384", "secp384r1")],
  ["ES512", ecdsa("sha512", "secp521r1")],
  ["EdDSA", ed25519],
  ["Ed25519", ed25519],
]);

/**
 * RFC 7518 §3.2, RFC 2104 §2, of Node's hashes in one step: `createHmac` makes an object for each token,
 * which takes longer than the hashes themselves.
 *
 * @param block the hash's block, in bytes
 */
function hmac(hashName: string, block: number) {
  return (material: KeyMaterial): Check => {
    if (!(material instanceof Uint8Array && material.length > 0)) {
      throw new TypeError("A secret is bytes, and at least one");
    }
    const digest = (bytes: Uint8Array) => Buffer.from(hash(hashName, bytes, "binary"), "binary");
    const key = Buffer.alloc(block);
    key.set(material.length > block ? digest(material) : material);
    const [inner, outer] = [
      key.map((byte) => byte ^ 0x36),
      key.map((byte) => byte ^ 0x5c),
    ] as const;
    return (input, signature) => {
      const message = digest(Buffer.concat([inner, Buffer.from(input)]));
      const mac = digest(Buffer.concat([outer, message]));
      return mac.length === signature.length && timingSafeEqual(mac, signature);
    };
  };
}

/** RFC 7518 §3.3, and with a salt §3.5: it is as long as the hash. */
function rsa(hashName: string, saltLength?: number) {
  const { RSA_PKCS1_PADDING, RSA_PKCS1_PSS_PADDING } = constants;
  const padding =
    saltLength === undefined
      ? { padding: RSA_PKCS1_PADDING }
      : { padding: RSA_PKCS1_PSS_PADDING, saltLength };
  return (material: KeyMaterial): Check => {
    const key = publicKey(material, "rsa");
    const { modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
    if (modulusLength < 2048) throw new TypeError("The RSA key is too short");
    const options = { key, ...padding };
    return (input, signature) => verify(hashName, Buffer.from(input), options, signature);
  };
}

/** RFC 7518 §3.4: r and s one after the other, not in DER. */
function ecdsa(hashName: string, curve: string) {
  return (material: KeyMaterial): Check => {
    const key = publicKey(material, "ec");
    if (key.asymmetricKeyDetails?.namedCurve !== curve) {
      throw new TypeError("The EC key is on another curve");
    }
    const options = { key, dsaEncoding: "ieee-p1363" } as const;
    return (input, signature) => verify(hashName, Buffer.from(input), options, signature);
  };
}

/** RFC 8037 §3.1. */
function ed25519(material: KeyMaterial): Check {
  const key = publicKey(material, "ed25519");
  return (input, signature) => verify(null, Buffer.from(input), key, signature);
}

function publicKey(material: KeyMaterial, type: KeyObject["asymmetricKeyType"]): KeyObject {
  if (material instanceof Uint8Array) throw new TypeError("A secret is no public key");
  const key = createPublicKey({ key: material, format: "jwk" });
  if (key.asymmetricKeyType !== type) throw new TypeError("The key is of another type");
  return key;
}
