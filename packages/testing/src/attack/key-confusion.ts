import type { KeyObject } from "node:crypto";
import {
  type GroupedCase,
  groupOf,
  invalidToken,
  unknownKey,
  wrongAlgorithm,
  wrongSignature,
} from "./case.ts";
import { type AttackContext, secretOf } from "./context.ts";
import { ecdsa, es256, type Forging, forged, hmac, pss, type Signer } from "./forge.ts";
import { keys } from "./keys.ts";

type ToText = (key: KeyObject) => string | Uint8Array;
const pem =
  (type: "spki" | "pkcs1" = "spki"): ToText =>
  (key) =>
    key.export({ format: "pem", type }).toString();
const der =
  (type: "spki" | "pkcs1" = "spki"): ToText =>
  (key) =>
    key.export({ format: "der", type });
const trimmed: ToText = (key) => pem()(key).toString().trimEnd();

const publicKeyTexts: Readonly<Record<string, readonly ["es" | "rsa", ToText]>> = {
  "spki-pem": ["rsa", pem()],
  "spki-pem-without-newline": ["rsa", trimmed],
  "pkcs1-pem": ["rsa", pem("pkcs1")],
  "pkcs1-der": ["rsa", der("pkcs1")],
  "spki-der": ["rsa", der()],
  jwk: ["rsa", (key) => JSON.stringify(key.export({ format: "jwk" }))],
  modulus: ["rsa", (key) => Buffer.from(key.export({ format: "jwk" }).n ?? "", "base64url")],
  "ec-spki-pem": ["es", pem()],
  "ec-spki-pem-without-newline": ["es", trimmed],
  "ec-spki-der": ["es", der()],
};
/** HMAC with the text of what everybody knows. */
const byPublic =
  (toText: ToText): Signer =>
  (input, key) =>
    hmac(key.publicKey === undefined ? "" : toText(key.publicKey))(input, key);

/** Of the issuer whose tokens are taken by a shared secret. */
const byShared =
  (signer: Signer, header: object) =>
  ({ hmac: { issuer } }: AttackContext) => ({ header, claims: { iss: issuer }, signer });
const shared = (context: AttackContext) => hmac(secretOf(context));
const ofTenantB = { iss: "https://tenant-b.test" };
const byHash = { HS256: "sha256", HS384: "sha384", HS512: "sha512" };
const wellKnown = [
  "secret",
  "your-256-bit-secret",
  "your-384-bit-secret",
  "changeme",
  "a-string-secret-at-least-256-bits-long",
];

const inHs256 = { alg: "HS256" };
const unnamed = { alg: "HS256", kid: undefined };
const cases: Readonly<Record<string, readonly [GroupedCase["expect"], Forging]>> = {
  ...Object.fromEntries(
    Object.entries(publicKeyTexts).map(([name, [key, toText]]) => [
      `hs256-with-public-${name}`,
      [wrongAlgorithm, { key, header: inHs256, signer: byPublic(toText) }] as const,
    ]),
  ),
  "good-rs256-key-without-alg": ["accept", { key: "rsa" }],
  "ps256-key-without-alg": [unknownKey, { key: "rsa", header: { alg: "PS256" }, signer: pss() }],
  "hs256-after-good-rs256": [
    wrongAlgorithm,
    { key: "rsa", header: inHs256, signer: byPublic(pem()) },
  ],
  "oct-key-in-set": [wrongAlgorithm, { key: "oct" }],
  "oct-key-with-alg-in-set": [wrongAlgorithm, { key: "oct", header: { kid: "oct-hs256" } }],
  "rs256-with-oct-key": [unknownKey, { key: "rsa", header: { kid: "oct" } }],
  "good-token-beside-oct-keys": ["accept", {}],
  ...Object.fromEntries(
    Object.entries(byHash).map(([alg, hash]) => [
      `${alg.toLowerCase()}-with-empty-secret`,
      [wrongSignature, byShared(hmac("", hash), { alg, kid: undefined })] as const,
    ]),
  ),
  ...Object.fromEntries(
    wellKnown.map((secret, at) => [
      `well-known-secret-${at + 1}`,
      [wrongSignature, byShared(hmac(secret), unnamed)] as const,
    ]),
  ),
  "good-hs256": ["accept", (context) => byShared(shared(context), unnamed)(context)],
  "good-hs256-secret-for-public-keys": [
    wrongAlgorithm,
    (context) => ({ key: "es", header: inHs256, signer: shared(context) }),
  ],
  "es256-where-hmac-is-configured": [
    wrongAlgorithm,
    (context) => ({ key: "es", claims: { iss: secretOf(context) && context.hmac.issuer } }),
  ],
  "unknown-kid-with-empty-secret": [
    wrongAlgorithm,
    { header: { alg: "HS256", kid: "nobody" }, signer: hmac("") },
  ],
  "unknown-kid-with-empty-hmac-secret": [
    wrongSignature,
    byShared(hmac(""), { alg: "HS256", kid: "nobody" }),
  ],
  "key-for-encryption": [unknownKey, { key: "encrypting" }],
  "key-for-other-operations": [unknownKey, { key: "wrapping" }],
  "rsa-1024": [unknownKey, { key: "short" }],
  "curve-of-another-algorithm": [unknownKey, { key: "misfit" }],
  "curve-with-its-own-algorithm": [
    unknownKey,
    { key: "misfit", header: { alg: "ES384" }, signer: ecdsa("sha384") },
  ],
  "good-token-of-tenant-b": ["accept", { key: "tenantB", claims: ofTenantB }],
  "key-of-tenant-b-under-a": [
    unknownKey,
    { header: { alg: "ES256", kid: "tenant-b" }, signer: es256(keys.tenantB.privateKey) },
  ],
  "key-of-tenant-b-under-a-with-its-kid": [
    wrongSignature,
    { key: "es", signer: es256(keys.tenantB.privateKey) },
  ],
  "key-of-a-under-tenant-b": [unknownKey, { claims: ofTenantB }],
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
  "RFC 8725 §3.1",
  Object.entries(cases).map(([id, [expect, forgery]]) => ({
    ...{ id, expect, isLenient: id === "ps256-key-without-alg", request: forged(forgery) },
    source: Object.entries(sources).find(([part]) => id.includes(part))?.[1] ?? "RFC 8725 §3.1",
  })),
);
