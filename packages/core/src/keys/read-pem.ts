import type { JWK } from "jose";
import { encodeBase64Url } from "../wire/base64url.ts";
import { requireThat } from "../wire/configuration-error.ts";

const rsa = "2a864886f70d010101";
const ellipticCurve = "2a8648ce3d0201";
const ed25519 = "2b6570";
const curves: Readonly<Record<string, string>> = {
  "2a8648ce3d030107": "P-256",
  "2b81040022": "P-384",
  "2b81040023": "P-521",
};

/**
 * Reads a public key in PEM, as `openssl pkey -pubout` writes it: SubjectPublicKeyInfo (RFC 5280
 * §4.1, RFC 5480, RFC 8410). Without waiting, so that a wrong one is noticed at start.
 *
 * @throws ConfigurationError when it is anything else
 * @example
 * jwt({ issuer, audience, publicKey: readPem(pem) });
 */
export function readPem(pem: string): JWK {
  const match =
    /^\s*-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----\s*$/.exec(pem);
  const jwk = match && parseKeyInfo(fromBase64(match[1] ?? ""));
  requireThat(
    jwk,
    "readPem: the key must be an RSA, P-256, P-384, P-521 or Ed25519 key in PEM that begins with " +
      "-----BEGIN PUBLIC KEY-----. To convert one: openssl pkey -pubin -pubout, or for a certificate " +
      "openssl x509 -pubkey -noout.",
  );
  return jwk;
}

function fromBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text.replace(/\s/g, "")), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function parseKeyInfo(der: Uint8Array | undefined): JWK | undefined {
  const [info] = readElements(der);
  const [algorithm, bits] = readElements(info?.content);
  const [oid, parameter] = readElements(algorithm?.content);
  // A BIT STRING begins with the number of its unused bits, here none.
  if (!oid || bits?.tag !== 0x03 || bits.content[0] !== 0) return undefined;
  const key = bits.content.subarray(1);

  switch (toHex(oid.content)) {
    case rsa: {
      const [sequence] = readElements(key);
      const [n, e] = readElements(sequence?.content);
      return n && e && { kty: "RSA", n: toUnsigned(n.content), e: toUnsigned(e.content) };
    }
    case ellipticCurve: {
      const crv = parameter && curves[toHex(parameter.content)];
      const half = (key.length - 1) / 2;
      // Uncompressed points alone (SEC 1 §2.3.3).
      if (!crv || key[0] !== 0x04 || !Number.isInteger(half)) return undefined;
      const [x, y] = [key.subarray(1, 1 + half), key.subarray(1 + half)].map(encodeBase64Url);
      return { kty: "EC", crv, x: x ?? "", y: y ?? "" };
    }
    case ed25519:
      return { kty: "OKP", crv: "Ed25519", x: encodeBase64Url(key) };
    default:
      return undefined;
  }
}

interface DerElement {
  readonly tag: number;
  readonly content: Uint8Array;
}

/** The elements that stand one after another in DER, or none when they do not fill it exactly. */
function readElements(der: Uint8Array | undefined): DerElement[] {
  const elements: DerElement[] = [];
  let at = 0;
  while (der && at < der.length) {
    const tag = der[at++] ?? 0;
    let length = der[at++] ?? 0;
    if (length > 0x7f) {
      const count = length & 0x7f;
      length = 0;
      for (let digit = 0; digit < count; digit++) length = length * 256 + (der[at++] ?? 0);
    }
    if (at + length > der.length) return [];
    elements.push({ tag, content: der.subarray(at, at + length) });
    at += length;
  }
  return elements;
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A DER INTEGER has a leading zero where its highest bit is set; a JWK's has none. */
function toUnsigned(integer: Uint8Array): string {
  return encodeBase64Url(integer[0] === 0 ? integer.subarray(1) : integer);
}
