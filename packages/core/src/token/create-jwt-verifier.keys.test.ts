import { createPublicKey } from "node:crypto";
import type { JWK } from "jose";
import { describe, expect, test } from "vitest";
import { readPem } from "../keys/read-pem.ts";
import { createJwtVerifier } from "./create-jwt-verifier.ts";
import {
  audience,
  clock,
  hmacKey,
  issuer,
  makeKey,
  outcomeOf,
  sign,
  withAlgorithm,
} from "./signing.fixture.ts";

const rsa = await makeKey("RS256", "rsa");
const p256 = await makeKey("ES256", "p256");
const weak = await makeKey("RS256", "weak", 1024);
const publicKey = createPublicKey({ key: { ...rsa.jwk }, format: "jwk" });
const hmacs = ["HS256", "HS384", "HS512"] as const;

function verifierOf(...keys: JWK[]) {
  return createJwtVerifier({ issuer, audience, clock, jwks: { keys } });
}

describe("a public key used as an HMAC secret (CVE-2022-29217 and kin)", () => {
  const spki = publicKey.export({ type: "spki", format: "pem" }).toString();
  const pkcs1 = publicKey.export({ type: "pkcs1", format: "pem" }).toString();
  const secrets: [name: string, secret: string | Uint8Array][] = [
    ["SPKI PEM", spki],
    ["SPKI PEM without its last newline", spki.trimEnd()],
    ["SPKI PEM with CRLF", spki.replaceAll("\n", "\r\n")],
    ["SPKI PEM in one line", spki.replaceAll("\n", "")],
    ["SPKI base64 alone", spki.replace(/-----[^-]+-----|\n/g, "")],
    ["SPKI DER", publicKey.export({ type: "spki", format: "der" })],
    ["PKCS#1 PEM", pkcs1],
    ["PKCS#1 PEM without its last newline", pkcs1.trimEnd()],
    ["PKCS#1 DER", publicKey.export({ type: "pkcs1", format: "der" })],
    ["the modulus", rsa.jwk.n ?? ""],
    ["the JWK", JSON.stringify(rsa.jwk)],
  ];
  const verifiers = {
    "a key set": verifierOf(rsa.jwk),
    "a PEM": createJwtVerifier({ issuer, audience, clock, publicKey: readPem(spki) }),
    "a JWK": createJwtVerifier({ issuer, audience, clock, publicKey: rsa.jwk }),
  };
  for (const [verifierName, verifier] of Object.entries(verifiers)) {
    for (const [name, secret] of secrets) {
      test(`${name}, against ${verifierName}`, async () => {
        for (const alg of hmacs) {
          const key = await hmacKey(alg, secret);
          for (const kid of ["rsa", undefined]) {
            const token = await sign(key, {}, { kid });
            expect(await outcomeOf(verifier, token)).toBe("algorithm_not_allowed");
          }
        }
        expect(await outcomeOf(verifier, await sign(rsa))).toBe("accepted");
      });
    }
  }
});

describe("secrets that everybody knows or has", () => {
  const secret = crypto.getRandomValues(new Uint8Array(64));
  const verifier = createJwtVerifier({ issuer, audience, clock, secret });
  const guesses = [
    "",
    "\0",
    "secret",
    "password",
    "changeme",
    "your-256-bit-secret",
    "your-384-bit-secret",
    "your-512-bit-secret",
    "a-string-secret-at-least-256-bits-long",
    "undefined",
    "null",
    "[object Object]",
    "[redacted]",
  ];
  for (const guess of guesses) {
    test(`${JSON.stringify(guess)}: signature_invalid`, async () => {
      for (const alg of hmacs) {
        // CVE-2019-20933, and CVE-2026-44351 for the kid.
        for (const kid of [undefined, "unknown", "../../dev/null"]) {
          const token = await sign(await hmacKey(alg, guess), {}, { kid });
          expect(await outcomeOf(verifier, token)).toBe("signature_invalid");
        }
        const good = await sign(await hmacKey(alg, secret));
        expect(await outcomeOf(verifier, good)).toBe("accepted");
      }
    });
  }

  test("an empty secret against public keys: algorithm_not_allowed", async () => {
    for (const alg of hmacs) {
      const token = await sign(await hmacKey(alg, ""));
      expect(await outcomeOf(verifierOf(rsa.jwk), token)).toBe("algorithm_not_allowed");
    }
  });

  test("a token signed with a private key does not suit a secret", async () => {
    expect(await outcomeOf(verifier, await sign(rsa))).toBe("algorithm_not_allowed");
  });
});

describe("keys in a set that are not for this", () => {
  const { alg: _, ...entra } = rsa.jwk;
  const symmetric = crypto.getRandomValues(new Uint8Array(32));
  const oct = { kty: "oct", kid: "oct", k: Buffer.from(symmetric).toString("base64url") };

  test("an RSA key without alg, as Entra ID publishes it: accepted", async () => {
    expect(await outcomeOf(verifierOf({ ...entra, use: "sig" }), await sign(rsa))).toBe("accepted");
  });

  test("a symmetric key in a set beside an RSA key verifies nothing (CVE-2026-22818)", async () => {
    const verifier = verifierOf(oct, { ...oct, alg: "HS256", kid: "oct2" }, rsa.jwk);
    for (const kid of ["oct", "oct2", undefined]) {
      const token = await sign(await hmacKey("HS256", symmetric), {}, { kid });
      expect(await outcomeOf(verifier, token)).toBe("algorithm_not_allowed");
    }
    expect(await outcomeOf(verifier, await sign(rsa))).toBe("accepted");
  });

  const unfit: [name: string, members: object][] = [
    ["an encryption key", { use: "enc" }],
    ["a key of an unknown use", { use: "tls" }],
    ["a key whose use is no string", { use: 1 }],
    ["a key whose key_ops do not verify", { key_ops: ["encrypt", "wrapKey"] }],
    ["a key without key_ops", { key_ops: [] }],
    ["a key whose key_ops is a string", { key_ops: "verify" }],
    ["a key whose key_ops is a number", { key_ops: 5 }],
    ["a key whose key_ops is null", { key_ops: null }],
    ["a key for encryption by its alg", { alg: "RSA-OAEP-256" }],
    ["a key for HMAC by its alg", { alg: "HS256" }],
    ["a key for none by its alg", { alg: "none" }],
    ["a key whose alg is null", { alg: null }],
    ["a key whose alg is an array", { alg: ["RS256"] }],
    ["a key of an unknown type", { kty: "AKP" }],
    ["a key of an inherited type", { kty: "__proto__" }],
    ["a key on an inherited curve", { kty: "EC", crv: "constructor", x: "AA", y: "AA" }],
    ["a key on a curve out of an array", { kty: "EC", crv: ["P-256"], x: "AA", y: "AA" }],
    ["a key with an exponent of 1", { e: "AQ" }],
    ["a key with an exponent of 1 and zeros", { e: "AAAB" }],
    ["a key with an even exponent", { e: "AQAC" }],
    ["a key with a huge exponent", { e: "AQAAAAAAAAAAAQ" }],
    ["a key without exponent", { e: undefined }],
    ["a key without modulus", { n: undefined }],
    ["a key whose modulus is no base64url", { n: `${rsa.jwk.n}=` }],
    ["a key with an endless modulus", { n: "_".repeat(16_384 / 6 + 1000) }],
    ["a key whose kid is a number", { kid: 5 }],
  ];
  for (const [name, members] of unfit) {
    test(`${name}: key_not_found, and the good keys beside it stay`, async () => {
      const bad = { ...rsa.jwk, kid: "bad", ...members } as JWK;
      const verifier = verifierOf(bad, p256.jwk);
      expect(await outcomeOf(verifier, await sign(rsa, {}, { kid: "bad" }))).toBe("key_not_found");
      expect(await outcomeOf(verifier, await sign(rsa, {}, { kid: undefined }))).toBe(
        "key_not_found",
      );
      expect(await outcomeOf(verifier, await sign(p256))).toBe("accepted");
    });
  }

  test("RSA of 1024 bits: key_not_found", async () => {
    const verifier = verifierOf(weak.jwk, p256.jwk);
    expect(await outcomeOf(verifier, await sign(weak))).toBe("key_not_found");
    expect(await outcomeOf(verifier, await sign(p256))).toBe("accepted");
  });

  test("RSA of 1024 bits that looks longer by leading zeros: never accepted", async () => {
    const n = Buffer.concat([Buffer.alloc(128), Buffer.from(weak.jwk.n ?? "", "base64url")]);
    const verifier = verifierOf({ ...weak.jwk, n: n.toString("base64url") }, p256.jwk);
    expect(await outcomeOf(verifier, await sign(weak))).toBe("signature_invalid");
    expect(await outcomeOf(verifier, await sign(p256))).toBe("accepted");
  });

  test("a point that is not on the curve: signature_invalid", async () => {
    const { y, ...half } = p256.jwk;
    const verifier = verifierOf({ ...half, y: half.x as string }, rsa.jwk);
    expect(y).not.toBe(half.x);
    expect(await outcomeOf(verifier, await sign(p256))).toBe("signature_invalid");
    expect(await outcomeOf(verifier, await sign(rsa))).toBe("accepted");
  });
});

describe("which key a token without kid is checked with", () => {
  test("the only one that fits its algorithm", async () => {
    const verifier = verifierOf(rsa.jwk, p256.jwk);
    for (const key of [rsa, p256]) {
      expect(await outcomeOf(verifier, await sign(key, {}, { kid: undefined }))).toBe("accepted");
    }
  });

  test("none when several fit: keys are not tried one by one", async () => {
    const verifier = verifierOf(rsa.jwk, { ...rsa.jwk, kid: "second" }, p256.jwk);
    expect(await outcomeOf(verifier, await sign(rsa, {}, { kid: undefined }))).toBe(
      "key_not_found",
    );
    expect(await outcomeOf(verifier, await sign(rsa))).toBe("accepted");
  });

  test("one kid for keys of two types is no ambiguity", async () => {
    const verifier = verifierOf({ ...rsa.jwk, kid: "k" }, { ...p256.jwk, kid: "k" });
    expect(await outcomeOf(verifier, await sign(rsa, {}, { kid: "k" }))).toBe("accepted");
    expect(await outcomeOf(verifier, await sign(p256, {}, { kid: "k" }))).toBe("accepted");
  });
});

test("a key that is configured for PS256 by name takes no RS256", async () => {
  const verifier = verifierOf({ ...rsa.jwk, alg: "PS256" });
  expect(await outcomeOf(verifier, await sign(rsa))).toBe("key_not_found");
  expect(await outcomeOf(verifier, await sign(await withAlgorithm(rsa, "PS256")))).toBe("accepted");
});
