import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import fc from "fast-check";
import { importJWK } from "jose";
import { describe, expect, test } from "vitest";
import { ConfigurationError } from "../wire/configuration-error.ts";
import { readPem } from "./read-pem.ts";

const ec = (namedCurve: string) => generateKeyPairSync("ec", { namedCurve });
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const p256 = ec("P-256");
const keys: [name: string, key: KeyObject, alg: string][] = [
  ["RSA", rsa.publicKey, "RS256"],
  [
    "RSA with an exponent of 3",
    generateKeyPairSync("rsa", { modulusLength: 2048, publicExponent: 3 }).publicKey,
    "RS256",
  ],
  ["P-256", p256.publicKey, "ES256"],
  ["P-384", ec("P-384").publicKey, "ES384"],
  ["P-521", ec("P-521").publicKey, "ES512"],
  ["Ed25519", generateKeyPairSync("ed25519").publicKey, "EdDSA"],
];
const toPem = (key: KeyObject, type: "spki" | "pkcs1" = "spki") =>
  key.export({ type: type as "spki", format: "pem" }).toString();
const pem = toPem(p256.publicKey);

describe("what node:crypto writes, jose imports as the same key", () => {
  for (const [name, key, alg] of keys) {
    test(name, async () => {
      const jwk = readPem(toPem(key));
      expect(jwk).toEqual(key.export({ format: "jwk" }));
      expect(createPublicKey({ key: jwk, format: "jwk" }).equals(key)).toBe(true);
      expect(await importJWK(jwk, alg)).toMatchObject({ type: "public" });
    });
  }

  test("keys with leading zeros in a coordinate keep them", () => {
    // One key in 128 has one; the length must not depend on it (RFC 7518 §6.2.1.2).
    for (let made = 0; made < 40; made++) {
      const { publicKey } = ec("P-256");
      const jwk = readPem(toPem(publicKey));
      expect([jwk.x?.length, jwk.y?.length]).toEqual([43, 43]);
    }
  });
});

describe("the form of PEM (RFC 7468 §2)", () => {
  const forms: [what: string, text: string][] = [
    ["white space around it", `\n\n  ${pem}\n\n`],
    ["no newline at the end", pem.trimEnd()],
    ["CRLF", pem.replaceAll("\n", "\r\n")],
    ["one line", pem.replaceAll("\n", "")],
  ];
  for (const [what, text] of forms) {
    test(what, () => expect(readPem(text)).toEqual(readPem(pem)));
  }
});

describe("anything else: ConfigurationError, which says what to do", () => {
  const der = p256.publicKey.export({ type: "spki", format: "der" });
  const wrap = (bytes: Uint8Array, label = "PUBLIC KEY") =>
    `-----BEGIN ${label}-----\n${Buffer.from(bytes).toString("base64")}\n-----END ${label}-----\n`;
  const compressed = Buffer.concat([der.subarray(0, 26), Buffer.from([2]), der.subarray(27)]);
  const pkcs8 = { type: "pkcs8", format: "pem" } as const;
  const wrong: [what: string, text: string][] = [
    ["nothing", ""],
    ["text", "hello"],
    ["a certificate", wrap(der, "CERTIFICATE")],
    ["PKCS#1", toPem(rsa.publicKey, "pkcs1")],
    ["a private key", p256.privateKey.export(pkcs8).toString()],
    ["a private RSA key", rsa.privateKey.export({ type: "pkcs1", format: "pem" }).toString()],
    ["a private EC key", p256.privateKey.export({ type: "sec1", format: "pem" }).toString()],
    [
      "a private key labelled public",
      wrap(p256.privateKey.export({ type: "pkcs8", format: "der" })),
    ],
    ["DER without PEM", der.toString("base64")],
    ["no base64", "-----BEGIN PUBLIC KEY-----\n@@@@\n-----END PUBLIC KEY-----"],
    ["broken base64", "-----BEGIN PUBLIC KEY-----\nA\n-----END PUBLIC KEY-----"],
    ["an empty body", "-----BEGIN PUBLIC KEY-----\n\n-----END PUBLIC KEY-----"],
    ["garbage", wrap(new Uint8Array(91).fill(0xa5))],
    ["zeros", wrap(new Uint8Array(91))],
    ["a point that is compressed", wrap(compressed)],
    ["two keys", pem + pem],
    ["text before it", `key: ${pem}`],
    ["another label at its end", pem.replace("END PUBLIC", "END PRIVATE")],
    ["a curve that is not used", toPem(ec("secp256k1").publicKey)],
    ["an X25519 key", toPem(generateKeyPairSync("x25519").publicKey)],
    ["an Ed448 key", toPem(generateKeyPairSync("ed448").publicKey)],
    ["bytes after the key", wrap(Buffer.concat([der, Buffer.from([0])]))],
  ];
  for (const [what, text] of wrong) {
    test(what, () => {
      expect(() => readPem(text)).toThrow(ConfigurationError);
      expect(() => readPem(text)).toThrow(/openssl/);
    });
  }

  test("DER cut short anywhere, for every kind of key", () => {
    for (const [, key] of keys) {
      const whole = key.export({ type: "spki", format: "der" });
      for (let length = 0; length < whole.length; length++) {
        expect(() => readPem(wrap(whole.subarray(0, length)))).toThrow(ConfigurationError);
      }
    }
  });

  test("DER changed anywhere: another key, or a ConfigurationError, and never anything else", () => {
    for (const [, key] of keys) {
      const whole = key.export({ type: "spki", format: "der" });
      fc.assert(
        fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
          const changed = Uint8Array.from(whole);
          changed[at] = (changed[at] ?? 0) ^ change;
          try {
            expect(readPem(wrap(changed)).kty).toMatch(/^(RSA|EC|OKP)$/);
          } catch (error) {
            expect(error).toBeInstanceOf(ConfigurationError);
          }
        }),
        { numRuns: 300 },
      );
    }
  });

  test("the message does not hold the key", () => {
    const secret = p256.privateKey.export(pkcs8).toString();
    const body = secret.split("\n")[1] ?? "";
    expect(body.length).toBeGreaterThan(40);
    expect(() => readPem(secret)).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining(body) }),
    );
  });
});
