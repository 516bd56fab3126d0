import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { hmacKey, inForm, sign } from "../token/signing.fixture.ts";
import { ConfigurationError } from "../wire/configuration-error.ts";
import { toSecret } from "../wire/secret.ts";
import type { SigningAlgorithm } from "./algorithms.ts";
import { toSecretKey } from "./secret-key.ts";
import type { VerificationKey } from "./verification-key.ts";

async function verifiesTokensOf(secret: Uint8Array, key: VerificationKey): Promise<boolean> {
  const token = await sign(await hmacKey("HS256", secret));
  return key.check(inForm(token, "HS256"), "HS256");
}

describe("a secret serves the algorithms that it has enough bytes for (RFC 7518 §3.2)", () => {
  const rows: [bytes: number, configured: SigningAlgorithm[] | undefined, algs: string[]][] = [
    [32, undefined, ["HS256"]],
    [47, undefined, ["HS256"]],
    [48, undefined, ["HS256", "HS384"]],
    [64, undefined, ["HS256", "HS384", "HS512"]],
    [1000, undefined, ["HS256", "HS384", "HS512"]],
    [64, ["HS512"], ["HS512"]],
    [32, ["HS256"], ["HS256"]],
  ];
  for (const [bytes, configured, algs] of rows) {
    test(`${bytes} bytes, ${configured ?? "nothing"} configured`, () => {
      const secret = crypto.getRandomValues(new Uint8Array(bytes));
      expect([...toSecretKey(secret, configured).algorithms]).toEqual(algs);
    });
  }

  test("bytes, not characters, count", () => {
    expect(toSecretKey("é".repeat(16), undefined).algorithms).toEqual(new Set(["HS256"]));
    expect(() => toSecretKey("é".repeat(15), undefined)).toThrow("30 bytes and needs 32");
  });

  test("a string, its bytes and a Secret are one key", async () => {
    const text = "0123456789abcdef0123456789abcdef";
    const bytes = new TextEncoder().encode(text);
    for (const secret of [text, bytes, toSecret(text)]) {
      expect(await verifiesTokensOf(bytes, toSecretKey(secret, undefined))).toBe(true);
    }
  });

  test("bytes that are wiped afterwards stay known here", async () => {
    const bytes = crypto.getRandomValues(new Uint8Array(32));
    const copy = bytes.slice();
    const key = toSecretKey(bytes, undefined);
    bytes.fill(0);
    expect(await verifiesTokensOf(copy, key)).toBe(true);
    expect(await verifiesTokensOf(bytes, key)).toBe(false);
  });
});

describe("what is no secret: ConfigurationError", () => {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const spki = publicKey.export({ type: "spki", format: "pem" }).toString();
  const pkcs1 = publicKey.export({ type: "pkcs1", format: "pem" }).toString();
  const wrong: [what: string, secret: string | Uint8Array, configured?: SigningAlgorithm[]][] = [
    ["empty", ""],
    ["no bytes", new Uint8Array()],
    ["one byte", "x"],
    ["31 bytes", "x".repeat(31)],
    ["too short for HS512", new Uint8Array(63).fill(7), ["HS512"]],
    ["too short for one of two", new Uint8Array(40).fill(7), ["HS256", "HS384"]],
    ["a public key in PEM", spki],
    ["the same without its last newline", spki.trimEnd()],
    ["the same as bytes", new TextEncoder().encode(spki)],
    ["the same with CRLF", spki.replaceAll("\n", "\r\n")],
    ["the same with text around it", `key: ${spki} end`],
    ["PKCS#1 in PEM", pkcs1],
    ["a private key in PEM", privateKey.export({ type: "pkcs8", format: "pem" }).toString()],
    ["a certificate", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"],
    [
      "an old certificate",
      "-----BEGIN X509 CERTIFICATE-----\nMIIB\n-----END X509 CERTIFICATE-----",
    ],
    ["jwt.io's secret", "a-string-secret-at-least-256-bits-long"],
    [
      "jwt.io's longer secret",
      "a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long",
    ],
    ["that as bytes", new TextEncoder().encode("a-string-secret-at-least-256-bits-long")],
    ["secret", "secret"],
    ["your-256-bit-secret", "your-256-bit-secret"],
  ];
  for (const [what, secret, configured] of wrong) {
    test(what, () => {
      expect(() => toSecretKey(secret, configured)).toThrow(ConfigurationError);
    });
  }

  test("the message says how to make one, and does not hold it", () => {
    expect(() => toSecretKey("hunter2", undefined)).toThrow("openssl rand -base64 32");
    expect(() => toSecretKey("hunter2", ["HS512"])).toThrow("openssl rand -base64 64");
    expect(() => toSecretKey("hunter2", undefined)).not.toThrow("hunter2");
  });
});
