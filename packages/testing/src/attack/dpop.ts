import { createHash, type KeyObject, randomBytes } from "node:crypto";
import { jwkThumbprint, type PublicJwk } from "@countersign/core/wire";
import { bearer, get, type Headers } from "../adapter-contract/case.ts";
import type { RawRequest } from "../adapter-contract/exchange.ts";
import {
  type AttackCase,
  type GroupedCase,
  groupOf,
  invalidProof,
  invalidToken,
  once,
} from "./case.ts";
import type { AttackContext } from "./context.ts";
import { encode, es256, fixed, forge, hmac, type Signer, secondsOf } from "./forge.ts";
import { keys, toSigningKey } from "./keys.ts";

/** What is other than in a good proof; `undefined` takes a member away. */
interface ProofChanges {
  readonly header?: object;
  readonly claims?: (now: number, context: AttackContext) => object;
  readonly signer?: Signer;
}

const { crv, kty, x, y } = keys.client.jwk;
const jwk = { kty, crv, x, y } as PublicJwk;

const boundToken = async (kit: AttackContext) =>
  forge(kit, { claims: { cnf: { jkt: await jwkThumbprint(jwk) } } });

function proofOf(kit: AttackContext, token: string, changes: ProofChanges = {}, path = "/bound") {
  const { header, claims, signer = es256(keys.client.privateKey) } = changes;
  const now = secondsOf(kit);
  const said = {
    ...{ jti: crypto.randomUUID(), htm: "GET", htu: kit.urlOf(path), iat: now },
    ath: createHash("sha256").update(token).digest("base64url"),
    ...claims?.(now, kit),
  };
  const input = `${encode({ typ: "dpop+jwt", alg: "ES256", jwk, ...header })}.${encode(said)}`;
  return `${input}.${encode(signer(input, toSigningKey("client")))}`;
}

const dpop = (token: string, ...proofs: readonly string[]): Headers => [
  ["authorization", `DPoP ${token}`],
  ...proofs.map((proof) => ["dpop", proof] as const),
];
const proving =
  (changes: ProofChanges = {}, target = "/bound"): AttackCase["request"] =>
  async (kit) => {
    const token = await boundToken(kit);
    const [path] = target.split("?");
    return get(target, dpop(token, proofOf(kit, token, changes, path)));
  };
/** A good request. */
export const provenRequest = proving();
const presenting =
  (request: (token: string, proof: string, kit: AttackContext) => RawRequest) =>
  async (kit: AttackContext) => {
    const token = await boundToken(kit);
    return request(token, proofOf(kit, token), kit);
  };
const claiming = (claims: object): ProofChanges => ({ claims: () => claims });

const malformed = invalidProof("dpop_proof_malformed");
const untimely = invalidProof("dpop_proof_untimely");
const wrongUrl = invalidProof("dpop_url_mismatch");
const signedBy = (key: KeyObject): Signer => es256(key);
const rsaJwk = (bytes: number, e = "AQAB") => {
  const n = randomBytes(bytes);
  n[0] = 0xc1;
  return { alg: "RS256", jwk: { kty: "RSA", n: n.toString("base64url"), e } };
};
const withHost = (url: string) => url.replace(/\/\/[^/]+/, "//evil.test");
const otherScheme = (url: string) =>
  url.replace(/^https?/, (scheme) => (scheme === "https" ? "http" : "https"));
const hugeExponent = randomBytes(256).toString("base64url");

const proofs: Readonly<Record<string, readonly [GroupedCase["expect"], ProofChanges]>> = {
  "good-proof": ["accept", {}],
  ...Object.fromEntries(
    ["typ", "alg", "jwk"].map((name) => [
      `proof-without-${name}`,
      [malformed, { header: { [name]: undefined } }] as const,
    ]),
  ),
  ...Object.fromEntries(
    ["jti", "htm", "htu", "iat", "ath"].map((name) => [
      `proof-without-${name}`,
      [malformed, claiming({ [name]: undefined })] as const,
    ]),
  ),
  "proof-wrong-typ": [malformed, { header: { typ: "JWT" } }],
  "proof-alg-none": [malformed, { header: { alg: "none" }, signer: fixed(new Uint8Array()) }],
  "proof-symmetric-jwk": [
    malformed,
    {
      header: { alg: "HS256", jwk: { kty: "oct", k: encode("secret") } },
      signer: hmac("secret"),
    },
  ],
  "proof-private-jwk": [
    malformed,
    { header: { jwk: keys.client.privateKey.export({ format: "jwk" }) } },
  ],
  "proof-rsa-16384": [malformed, { header: rsaJwk(2048) }],
  // What tokens may be signed with, since issuers are trusted with the work that makes; callers are not.
  "proof-rsa-8192": [malformed, { header: rsaJwk(1024) }],
  "proof-rsa-exponent-3": [malformed, { header: rsaJwk(256, "Aw") }],
  "proof-rsa-1024": [malformed, { header: rsaJwk(128) }],
  "proof-rsa-huge-exponent": [malformed, { header: rsaJwk(256, hugeExponent) }],
  "proof-bad-signature": [
    invalidProof("dpop_signature_invalid"),
    { signer: signedBy(keys.attacker.privateKey) },
  ],
  "proof-unsigned": [invalidProof("dpop_signature_invalid"), { signer: fixed(new Uint8Array()) }],
  "proof-other-method": [invalidProof("dpop_method_mismatch"), claiming({ htm: "POST" })],
  "proof-method-in-lower-case": [invalidProof("dpop_method_mismatch"), claiming({ htm: "get" })],
  "proof-other-url": [
    wrongUrl,
    { claims: (_now, kit) => ({ htu: `${kit.urlOf("/bound")}/other` }) },
  ],
  "proof-other-host": [
    wrongUrl,
    { claims: (_now, kit) => ({ htu: withHost(kit.urlOf("/bound")) }) },
  ],
  "proof-over-other-scheme": [
    wrongUrl,
    { claims: (_now, kit) => ({ htu: otherScheme(kit.urlOf("/bound")) }) },
  ],
  "good-proof-with-query-in-htu": [
    "accept",
    { claims: (_now, kit) => ({ htu: `${kit.urlOf("/bound")}?page=2#top` }) },
  ],
  "proof-an-hour-old": [untimely, { claims: (now) => ({ iat: now - 3600 }) }],
  "proof-an-hour-ahead": [untimely, { claims: (now) => ({ iat: now + 3600 }) }],
  "good-proof-ten-seconds-old": ["accept", { claims: (now) => ({ iat: now - 10 }) }],
  "good-proof-ten-seconds-ahead": ["accept", { claims: (now) => ({ iat: now + 10 }) }],
  "proof-wrong-ath": [
    invalidProof("dpop_token_mismatch"),
    claiming({ ath: createHash("sha256").update("other").digest("base64url") }),
  ],
  "proof-by-another-key": [
    invalidProof("dpop_key_mismatch"),
    {
      header: { jwk: keys.attacker.jwk },
      signer: signedBy(keys.attacker.privateKey),
    },
  ],
  "good-proof-with-extra-claims": ["accept", claiming({ extra: { anything: [1] }, aud: "x" })],
};

const replayed = once(proving());
const needed = { status: 401, error: "use_dpop_nonce", reason: "dpop_nonce_required" };

const requests: readonly GroupedCase[] = [
  { id: "good-proof-for-query", expect: "accept", request: proving({}, "/bound?page=2") },
  {
    id: "two-proofs",
    expect: malformed,
    request: presenting((token, proof, kit) =>
      get("/bound", dpop(token, proof, proofOf(kit, token))),
    ),
  },
  {
    id: "proof-no-jwt",
    expect: malformed,
    request: presenting((token) => get("/bound", dpop(token, "proof"))),
  },
  { id: "good-proof-before-replay", expect: "accept", request: replayed },
  { id: "proof-replayed", expect: invalidProof("dpop_proof_replayed"), request: replayed },
  {
    id: "no-proof",
    expect: invalidProof("dpop_proof_missing"),
    request: presenting((token) => get("/bound", dpop(token))),
  },
  {
    id: "bound-token-as-bearer",
    expect: invalidToken("dpop_required"),
    request: presenting((token) => get("/bound", bearer(token))),
  },
  {
    id: "bound-token-as-bearer-with-proof",
    expect: invalidToken("dpop_required"),
    request: presenting((token, proof) => get("/bound", [...bearer(token), ["dpop", proof]])),
  },
  {
    id: "bound-token-where-dpop-is-not-taken",
    expect: invalidToken("binding_unsupported"),
    request: presenting((token) => get("/tokens", bearer(token))),
  },
  {
    id: "unbound-token-as-dpop",
    expect: invalidToken("dpop_unbound"),
    request: (kit) => {
      const token = forge(kit);
      return get("/bound", dpop(token, proofOf(kit, token)));
    },
  },
  { id: "nonce-absent", expect: needed, request: proving({}, "/bound/nonce") },
  {
    id: "nonce-bad",
    expect: needed,
    request: proving(claiming({ nonce: "eyJ7S_zG.eyJH0-Z.HX4w-7v" }), "/bound/nonce"),
  },
  {
    id: "good-nonce",
    expect: "accept",
    request: async (kit) => {
      const token = await boundToken(kit);
      const without = proofOf(kit, token, {}, "/bound/nonce");
      const given = { authorization: `DPoP ${token}`, dpop: without };
      const { headers = [] } = await kit.refusalAt("/bound/nonce", given);
      const nonce = new Map(headers).get("dpop-nonce");
      const proof = proofOf(kit, token, claiming({ nonce }), "/bound/nonce");
      return get("/bound/nonce", dpop(token, proof));
    },
  },
  { id: "good-proof-after-all-that", expect: "accept", request: proving() },
];

export const dpopCases = groupOf("dpop", "RFC 9449 §4.3, §7, §8", [
  ...Object.entries(proofs).map(
    ([id, [expect, changes]]): GroupedCase => ({ id, expect, request: proving(changes) }),
  ),
  ...requests,
]);
