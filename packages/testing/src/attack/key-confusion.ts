import { sign as signBytes } from "node:crypto";
import {
  type GroupedCase,
  groupOf,
  invalidToken,
  unknownKey,
  wrongAlgorithm,
  wrongSignature,
} from "./case.ts";
import { es256, type Forgery, forged, hmac, pss, rs256 } from "./forge.ts";
import { keys, publishedSecret } from "./keys.ts";
import { secrets } from "./kit.ts";

const asHmac = (kid: string, alg = "HS256") => ({ alg, kid });
const pem = (kid: "es" | "rsa", type: "spki" | "pkcs1" = "spki") =>
  keys[kid].publicKey.export({ format: "pem", type }).toString();
const der = (kid: "es" | "rsa", type: "spki" | "pkcs1" = "spki") =>
  keys[kid].publicKey.export({ format: "der", type });

const publicKeyTexts: Readonly<Record<string, readonly ["es" | "rsa", string | Uint8Array]>> = {
  "spki-pem": ["rsa", pem("rsa")],
  "spki-pem-without-newline": ["rsa", pem("rsa").trimEnd()],
  "pkcs1-pem": ["rsa", pem("rsa", "pkcs1")],
  "pkcs1-der": ["rsa", der("rsa", "pkcs1")],
  "spki-der": ["rsa", der("rsa")],
  jwk: ["rsa", JSON.stringify(keys.rsa.jwk)],
  modulus: ["rsa", Buffer.from(keys.rsa.jwk.n ?? "", "base64url")],
  "ec-spki-pem": ["es", pem("es")],
  "ec-spki-pem-without-newline": ["es", pem("es").trimEnd()],
  "ec-spki-der": ["es", der("es")],
};

/** Of the issuer whose tokens are taken by a shared secret. */
const shared = { iss: "https://hmac.test" };
const byHash = { HS256: "sha256", HS384: "sha384", HS512: "sha512" };
const wellKnown = [
  "secret",
  "your-256-bit-secret",
  "your-384-bit-secret",
  "changeme",
  "a-string-secret-at-least-256-bits-long",
];

const cases: Readonly<Record<string, readonly [GroupedCase["expect"], Forgery]>> = {
  ...Object.fromEntries(
    Object.entries(publicKeyTexts).map(([name, [kid, text]]) => [
      `hs256-with-public-${name}`,
      [wrongAlgorithm, { header: asHmac(kid), signer: hmac(text) }] as const,
    ]),
  ),
  "good-rs256-key-without-alg": [
    "accept",
    { header: { alg: "RS256", kid: "rsa" }, signer: rs256() },
  ],
  "ps256-key-without-alg": [
    unknownKey,
    { header: { alg: "PS256", kid: "rsa" }, signer: pss(keys.rsa.privateKey) },
  ],
  "hs256-after-good-rs256": [
    wrongAlgorithm,
    { header: { alg: "HS256", kid: "rsa" }, signer: hmac(pem("rsa")) },
  ],
  "oct-key-in-set": [
    wrongAlgorithm,
    { header: asHmac("oct"), signer: hmac(publishedSecret.bytes) },
  ],
  "oct-key-with-alg-in-set": [
    wrongAlgorithm,
    { header: asHmac("oct-hs256"), signer: hmac(publishedSecret.bytes) },
  ],
  "rs256-with-oct-key": [unknownKey, { header: { alg: "RS256", kid: "oct" }, signer: rs256() }],
  "good-token-beside-oct-keys": ["accept", {}],
  ...Object.fromEntries(
    Object.entries(byHash).map(([alg, hash]) => [
      `${alg.toLowerCase()}-with-empty-secret`,
      [
        wrongSignature,
        { header: { alg, kid: undefined }, claims: shared, signer: hmac("", hash) },
      ] as const,
    ]),
  ),
  ...Object.fromEntries(
    wellKnown.map((secret, at) => [
      `well-known-secret-${at + 1}`,
      [
        wrongSignature,
        { header: { alg: "HS256", kid: undefined }, claims: shared, signer: hmac(secret) },
      ] as const,
    ]),
  ),
  "good-hs256": [
    "accept",
    { header: { alg: "HS256", kid: undefined }, claims: shared, signer: hmac(secrets.hmac) },
  ],
  "good-hs256-secret-for-public-keys": [
    wrongAlgorithm,
    { header: { alg: "HS256" }, signer: hmac(secrets.hmac) },
  ],
  "es256-where-hmac-is-configured": [wrongAlgorithm, { claims: shared }],
  "unknown-kid-with-empty-secret": [wrongAlgorithm, { header: asHmac("nobody"), signer: hmac("") }],
  "unknown-kid-with-empty-hmac-secret": [
    wrongSignature,
    { header: asHmac("nobody"), claims: shared, signer: hmac("") },
  ],
  "key-for-encryption": [
    unknownKey,
    { header: { kid: "encrypting" }, signer: es256(keys.encrypting.privateKey) },
  ],
  "key-for-other-operations": [
    unknownKey,
    { header: { kid: "wrapping" }, signer: es256(keys.wrapping.privateKey) },
  ],
  "rsa-1024": [
    unknownKey,
    { header: { alg: "RS256", kid: "short" }, signer: rs256(keys.short.privateKey) },
  ],
  "curve-of-another-algorithm": [
    unknownKey,
    { header: { kid: "misfit" }, signer: es256(keys.misfit.privateKey) },
  ],
  "curve-with-its-own-algorithm": [
    unknownKey,
    {
      header: { alg: "ES384", kid: "misfit" },
      signer: (input) =>
        signBytes("sha384", Buffer.from(input), {
          key: keys.misfit.privateKey,
          dsaEncoding: "ieee-p1363",
        }),
    },
  ],
  "good-token-of-tenant-b": [
    "accept",
    {
      ...{ header: { kid: "tenant-b" }, claims: { iss: "https://tenant-b.test" } },
      signer: es256(keys.tenantB.privateKey),
    },
  ],
  "key-of-tenant-b-under-a": [
    unknownKey,
    { header: { kid: "tenant-b" }, signer: es256(keys.tenantB.privateKey) },
  ],
  "key-of-tenant-b-under-a-with-its-kid": [
    wrongSignature,
    { signer: es256(keys.tenantB.privateKey) },
  ],
  "key-of-a-under-tenant-b": [unknownKey, { claims: { iss: "https://tenant-b.test" } }],
  "key-of-a-under-nobody": [
    invalidToken("issuer_mismatch"),
    { claims: { iss: "https://nobody.test" } },
  ],
};

const sources: Readonly<Record<string, string>> = {
  "hs256-with-public": "CVE-2022-29217",
  "with-empty-secret": "CVE-2019-20933",
  "unknown-kid": "CVE-2026-44351",
  "without-alg": "CVE-2026-22818",
};

export const confusionCases = groupOf(
  "key-confusion",
  Object.entries(cases).map(([id, [expect, forgery]]) => ({
    ...{ id, expect, request: forged(forgery) },
    source: Object.entries(sources).find(([part]) => id.includes(part))?.[1] ?? "RFC 8725 §3.1",
  })),
);
