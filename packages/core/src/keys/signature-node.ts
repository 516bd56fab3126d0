import { Buffer } from "node:buffer";
import { createPublicKey, hash, type KeyObject, timingSafeEqual, verify } from "node:crypto";
import { integer, sequence } from "./der-node.ts";
import { pssKey } from "./pss-key-node.ts";
import type { KeyMaterial, SignatureCheck } from "./signature.ts";

/** Whether this is the signature of a signing input (RFC 7515 §5.2). */
type Check = (input: string, signature: Uint8Array) => boolean;

/**
 * By Node's own cryptography, at once: jose, through WebCrypto, has each token go to another thread and
 * back. Its answers are those of jose; the same tests hold for both.
 *
 * Keys are passed by themselves, never with options: Node takes 10 to 25 µs longer over those.
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
  ["RS256", pkcs1("sha256")],
  ["RS384", pkcs1("sha384")],
  ["RS512", pkcs1("sha512")],
  ["PS256", pss("sha256", "608648016503040201", 32)],
  ["PS384", pss("sha384", "608648016503040202", 48)],
  ["PS512", pss("sha512", "608648016503040203", 64)],
  ["ES256", ecdsa("sha256", "prime256v1", 32)],
  ["ES384", ecdsa("sha384", "secp384r1", 48)],
  ["ES512", ecdsa("sha512", "secp521r1", 66)],
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
  const digest = (bytes: Uint8Array) => Buffer.from(hash(hashName, bytes, "binary"), "binary");
  return (material: KeyMaterial): Check => {
    if (!(material instanceof Uint8Array && material.length > 0)) {
      throw new TypeError("A secret is bytes, and at least one");
    }
    const key = Buffer.alloc(block);
    key.set(material.length > block ? digest(material) : material);
    const inner = key.map((byte) => byte ^ 0x36);
    // With room behind it for what the inner hash gives, which is written there for each token.
    const outer = Buffer.concat([key.map((byte) => byte ^ 0x5c), Buffer.alloc(digest(key).length)]);
    return (input, signature) => {
      const message = Buffer.allocUnsafe(block + Buffer.byteLength(input));
      message.set(inner);
      message.write(input, block);
      outer.write(hash(hashName, message, "binary"), block, "binary");
      const mac = digest(outer);
      return mac.length === signature.length && timingSafeEqual(mac, signature);
    };
  };
}

/** RFC 7518 §3.3. */
function pkcs1(hashName: string) {
  return (material: KeyMaterial): Check => {
    const key = rsaKey(material);
    return (input, signature) => verify(hashName, Buffer.from(input), key, signature);
  };
}

/** RFC 7518 §3.5. */
function pss(hashName: string, hashIdentifier: string, saltLength: number) {
  return (material: KeyMaterial): Check => {
    const key = pssKey(rsaKey(material), hashIdentifier, saltLength);
    return (input, signature) => verify(hashName, Buffer.from(input), key, signature);
  };
}

/**
 * RFC 7518 §3.4: a signature is r and s one after the other.
 *
 * @param size of each of them, in bytes
 */
function ecdsa(hashName: string, curve: string, size: number) {
  return (material: KeyMaterial): Check => {
    const key = publicKey(material, "ec");
    if (key.asymmetricKeyDetails?.namedCurve !== curve) {
      throw new TypeError("The EC key is on another curve");
    }
    return (input, signature) => {
      if (signature.length !== 2 * size) return false;
      const [r, s] = [signature.subarray(0, size), signature.subarray(size)];
      // ECDSA-Sig-Value (RFC 3279 §2.2.3).
      const value = sequence(integer(r), integer(s));
      return verify(hashName, Buffer.from(input), key, value);
    };
  };
}

/** RFC 8037 §3.1. */
function ed25519(material: KeyMaterial): Check {
  const key = publicKey(material, "ed25519");
  return (input, signature) => verify(null, Buffer.from(input), key, signature);
}

function rsaKey(material: KeyMaterial): KeyObject {
  const key = publicKey(material, "rsa");
  const { modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  if (modulusLength < 2048) throw new TypeError("The RSA key is too short");
  return key;
}

function publicKey(material: KeyMaterial, type: KeyObject["asymmetricKeyType"]): KeyObject {
  if (material instanceof Uint8Array) throw new TypeError("A secret is no public key");
  const key = createPublicKey({ key: material, format: "jwk" });
  if (key.asymmetricKeyType !== type) throw new TypeError("The key is of another type");
  return key;
}
