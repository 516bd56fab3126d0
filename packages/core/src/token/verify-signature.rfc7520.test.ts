import { compactVerify, type JWK } from "jose";
import { describe, expect, test } from "vitest";
import { toSecretKey } from "../keys/secret-key.ts";
import { toVerificationKey, type VerificationKey } from "../keys/verification-key.ts";
import { decodeBase64Url, encodeBase64Url } from "../wire/base64url.ts";
import { parseToken } from "./parse-token.ts";
import { inForm } from "./signing.fixture.ts";
import { verifySignature } from "./verify-signature.ts";

// RFC 7520 §4, figures 7 and 8. It is no JSON, so these are no JWTs, and only their signatures are looked at.
const text =
  "It\u2019s a dangerous business, Frodo, going out your door. You step onto the road, and if you " +
  "don't keep your feet, there\u2019s no knowing where you might be swept off to.";
const payload =
  "SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250" +
  "byB0aGUgcm9hZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hl" +
  "cmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9mZiB0by4";

/** RFC 7520 §3.1, the public half of §3.2. */
const ec = {
  kty: "EC",
  kid: "bilbo.baggins@hobbiton.example",
  use: "sig",
  crv: "P-521",
  x: "AHKZLLOsCOzz5cY97ewNUajB957y-C-U88c3v13nmGZx6sYl_oJXu9A5RkTKqjqvjyekWF-7ytDyRXYgCF5cj0Kt",
  y: "AdymlHvOiLxXkEhayXQnNCvDX4h9htZaCJN34kfmC6pV5OhQHiraVySsUdaQkAgDPrwQrJmbnX9cwlGfP-HqHZR1",
};
/** RFC 7520 §3.3. */
const rsa = {
  kty: "RSA",
  kid: "bilbo.baggins@hobbiton.example",
  use: "sig",
  n:
    "n4EPtAOCc9AlkeQHPzHStgAbgs7bTZLwUBZdR8_KuKPEHLd4rHVTeT-O-XV2jRojdNhxJWTDvNd7nqQ0VEiZQHz_AJmSC" +
    "pMaJMRBSFKrKb2wqVwGU_NsYOYL-QtiWN2lbzcEe6XC0dApr5ydQLrHqkHHig3RBordaZ6Aj-oBHqFEHYpPe7Tpe-OfVf" +
    "Hd1E6cS6M1FZcD1NNLYD5lFHpPI9bTwJlsde3uhGqC0ZCuEHg8lhzwOHrtIQbS0FVbb9k3-tVTU4fg_3L_vniUFAKwuCL" +
    "qKnS2BYwdq_mzSnbLY7h_qixoR7jig3__kRhuaxwUkRz5iaiQkqgc5gHdrNP5zw",
  e: "AQAB",
};
/** RFC 7520 §3.5. */
const secret = {
  kty: "oct",
  kid: "018c0ae5-4d9b-471b-bfd6-eef314bc7037",
  use: "sig",
  alg: "HS256",
  k: "hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg",
};

const vectors: {
  name: string;
  alg: string;
  header: string;
  signature: string;
  jwk: JWK;
  key: VerificationKey | undefined;
}[] = [
  {
    name: "RFC 7520 §4.1: RS256",
    alg: "RS256",
    header: "eyJhbGciOiJSUzI1NiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9",
    signature:
      "MRjdkly7_-oTPTS3AXP41iQIGKa80A0ZmTuV5MEaHoxnW2e5CZ5NlKtainoFmKZopdHM1O2U4mwzJdQx996ivp83xuglII" +
      "7PNDi84wnB-BDkoBwA78185hX-Es4JIwmDLJK3lfWRa-XtL0RnltuYv746iYTh_qHRD68BNt1uSNCrUCTJDt5aAE6x8wW1" +
      "Kt9eRo4QPocSadnHXFxnt8Is9UzpERV0ePPQdLuW3IS_de3xyIrDaLGdjluPxUAhb6L2aXic1U12podGU0KLUQSE_oI-Zn" +
      "mKJ3F4uOZDnd6QZWJushZ41Axf_fcIe8u9ipH84ogoree7vjbU5y18kDquDg",
    jwk: rsa,
    key: toVerificationKey(rsa, undefined),
  },
  {
    name: "RFC 7520 §4.2: PS384, once it is configured",
    alg: "PS384",
    header: "eyJhbGciOiJQUzM4NCIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9",
    signature:
      "cu22eBqkYDKgIlTpzDXGvaFfz6WGoz7fUDcfT0kkOy42miAh2qyBzk1xEsnk2IpN6-tPid6VrklHkqsGqDqHCdP6O8TTB5" +
      "dDDItllVo6_1OLPpcbUrhiUSMxbbXUvdvWXzg-UD8biiReQFlfz28zGWVsdiNAUf8ZnyPEgVFn442ZdNqiVJRmBqrYRXe8" +
      "P_ijQ7p8Vdz0TTrxUeT3lm8d9shnr2lfJT8ImUjvAA2Xez2Mlp8cBE5awDzT0qI0n6uiP1aCN_2_jLAeQTlqRHtfa64QQS" +
      "UmFAAjVKPbByi7xho0uTOcbH510a6GYmJUAfmWjwZ6oD4ifKo8DYM-X72Eaw",
    jwk: rsa,
    key: toVerificationKey(rsa, ["PS384"]),
  },
  {
    name: "RFC 7520 §4.3: ES512",
    alg: "ES512",
    header: "eyJhbGciOiJFUzUxMiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9",
    signature:
      "AE_R_YZCChjn4791jSQCrdPZCNYqHXCTZH0-JZGYNlaAjP2kqaluUIIUnC9qvbu9Plon7KRTzoNEuT4Va2cmL1eJAQy3mt" +
      "PBu_u_sDDyYjnAMDxXPn7XrT0lw-kvAD890jl8e2puQens_IEKBpHABlsbEPX6sFY8OcGDqoRuBomu9xQ2",
    jwk: ec,
    key: toVerificationKey(ec, undefined),
  },
  {
    name: "RFC 7520 §4.4: HS256",
    alg: "HS256",
    header: "eyJhbGciOiJIUzI1NiIsImtpZCI6IjAxOGMwYWU1LTRkOWItNDcxYi1iZmQ2LWVlZjMxNGJjNzAzNyJ9",
    signature: "s0h6KThzkfBBBkLspW1h84VsJZFTsPPqMDA7g1Md7p0",
    jwk: secret,
    key: toSecretKey(decodeBase64Url(secret.k) ?? "", ["HS256"]),
  },
];

for (const { name, alg, header, signature, jwk, key } of vectors) {
  const token = `${header}.${payload}.${signature}`;

  describe(name, () => {
    test("is transcribed as it stands: jose verifies it, and the header and payload are the RFC's", async () => {
      const verified = await compactVerify(token, jwk);
      expect(verified.protectedHeader).toEqual({ alg, kid: jwk.kid });
      expect(new TextDecoder().decode(verified.payload)).toBe(text);
    });

    test("the signature holds", async () => {
      expect(await verifySignature(inForm(token, alg), key as VerificationKey)).toBe(true);
    });

    test("and holds no more with one bit of any part changed", async () => {
      for (const changed of [
        `${flip(header)}.${payload}.${signature}`,
        `${header}.${flip(payload)}.${signature}`,
        `${header}.${payload}.${flip(signature)}`,
      ]) {
        expect(await verifySignature(inForm(changed, alg), key as VerificationKey)).toBe(false);
      }
    });

    test("nor under any other algorithm's key", async () => {
      for (const other of vectors.filter((vector) => vector.alg !== alg)) {
        const verdict = await verifySignature(inForm(token, alg), other.key as VerificationKey);
        expect(verdict).toBe(false);
      }
    });

    test("it is no JWT all the same", () => {
      expect(parseToken(token)).toBeUndefined();
    });
  });
}

function flip(segment: string): string {
  const bytes = decodeBase64Url(segment) ?? new Uint8Array();
  // Inside the value of a member where it is a header: what it says stays JSON, with the same algorithm.
  bytes[bytes.length - 3] = (bytes[bytes.length - 3] ?? 0) ^ 1;
  return encodeBase64Url(bytes);
}
