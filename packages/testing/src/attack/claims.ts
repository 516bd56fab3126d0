import { bearer, get } from "../adapter-contract/case.ts";
import { type GroupedCase, groupOf, invalidToken, once, wrongClaim } from "./case.ts";
import type { AttackContext } from "./context.ts";
import { forge, forged, goodClaims, secondsOf } from "./forge.ts";

type Change = (now: number, kit: AttackContext) => Readonly<Record<string, unknown>>;
/** With the time in seconds, since clocks are turned. */
const claiming =
  (change: Change, path = "/tokens") =>
  (kit: AttackContext) =>
    forged({ claims: change(secondsOf(kit), kit) }, path)(kit);

const expired = invalidToken("token_expired");
const early = invalidToken("token_not_yet_valid");
const foreign = invalidToken("audience_mismatch");
const wrongIssuer = invalidToken("issuer_mismatch");
const wrongType = invalidToken("token_type_mismatch");
const wrongClient = invalidToken("client_mismatch");

const cases: Readonly<Record<string, readonly [GroupedCase["expect"], Change, path?: string]>> = {
  "exp-an-hour-past": [expired, (now) => ({ exp: now - 3600 })],
  "exp-past": [expired, (now) => ({ exp: now - 60 })],
  "exp-at-end-of-tolerance": [expired, (now) => ({ exp: now - 30 })],
  "good-exp-within-tolerance": ["accept", (now) => ({ exp: now - 29 })],
  "exp-absent": [wrongClaim, () => ({ exp: undefined })],
  "exp-string": [wrongClaim, (now) => ({ exp: String(now + 300) })],
  "exp-null": [wrongClaim, () => ({ exp: null })],
  "nbf-in-an-hour": [early, (now) => ({ nbf: now + 3600 })],
  "nbf-future": [early, (now) => ({ nbf: now + 60 })],
  "good-nbf-within-tolerance": ["accept", (now) => ({ nbf: now + 30 })],
  "nbf-string": [wrongClaim, () => ({ nbf: "0" })],
  "iat-future": [early, (now) => ({ iat: now + 60 })],
  "good-iat-within-tolerance": ["accept", (now) => ({ iat: now + 30 })],

  "aud-absent": [foreign, () => ({ aud: undefined })],
  "aud-foreign": [foreign, () => ({ aud: "https://other.test" })],
  "aud-longer": [foreign, (_now, { issuer }) => ({ aud: `${issuer.audience}.evil.test` })],
  "aud-prefix": [foreign, (_now, { issuer }) => ({ aud: issuer.audience.slice(0, -1) })],
  "aud-empty-array": [foreign, () => ({ aud: [] })],
  "aud-of-arrays": [wrongClaim, (_now, { issuer }) => ({ aud: [[issuer.audience]] })],
  "good-aud-array": [
    "accept",
    (_now, { issuer }) => ({ aud: ["https://other.test", issuer.audience] }),
  ],

  "iss-foreign": [wrongIssuer, () => ({ iss: "https://other.test" })],
  "iss-array": [wrongIssuer, (_now, { issuer }) => ({ iss: [issuer.url, "https://evil.test"] })],
  "iss-absent": [wrongIssuer, () => ({ iss: undefined })],
  "iss-prefix": [wrongIssuer, (_now, { issuer }) => ({ iss: issuer.url.slice(0, -1) })],
  "iss-longer": [wrongIssuer, (_now, { issuer }) => ({ iss: `${issuer.url}.evil.test` })],
  "iss-with-slash": [wrongIssuer, (_now, { issuer }) => ({ iss: `${issuer.url}/` })],

  "good-azp": ["accept", () => ({ client_id: undefined, azp: "test-client" }), "/clients"],
  "azp-foreign": [wrongClient, () => ({ client_id: undefined, azp: "other" }), "/clients"],
  "client-id-foreign": [wrongClient, () => ({ client_id: "other" }), "/clients"],
  "client-absent": [wrongClient, () => ({ client_id: undefined }), "/clients"],

  "sub-empty": [wrongClaim, () => ({ sub: "" })],
  "sub-number": [wrongClaim, () => ({ sub: 1 })],
  "sub-null": [wrongClaim, () => ({ sub: null })],
  "good-without-sub": ["accept", () => ({ sub: undefined })],

  "id-token-by-token-use": [wrongType, () => ({ token_use: "id" })],
  "id-token-by-nonce": [wrongType, () => ({ nonce: "n-0S6_WzA2Mj" })],
  "id-token-by-at-hash": [wrongType, () => ({ at_hash: "77QmUPtjPfzWtF2AnpK9RQ" })],
  "id-token-by-typ": [wrongType, () => ({ typ: "ID" })],
  "refresh-token-by-typ": [wrongType, () => ({ typ: "Refresh" })],
  "refresh-token-by-token-use": [wrongType, () => ({ token_use: "refresh" })],

  "good-scope": ["accept", () => ({ scope: "profile orders:read" }), "/scoped"],
  "scope-that-contains-the-word": [
    { status: 403, error: "insufficient_scope", reason: "scope_missing" },
    () => ({ scope: "orders:reader my.orders:read" }),
    "/scoped",
  ],
  "scope-absent": [
    { status: 403, error: "insufficient_scope", reason: "scope_missing" },
    () => ({}),
    "/scoped",
  ],
};

const sources: Readonly<Record<string, string>> = {
  "aud-empty-array": "CVE-2020-26160",
  "iss-array": "CVE-2025-30144",
};

/** Within what a server may tolerate, not needed by RFC 7519, or by a provider's habit. */
const lenient = new Set([
  ...["exp-past", "exp-at-end-of-tolerance", "good-exp-within-tolerance", "exp-absent"],
  ...["nbf-future", "good-nbf-within-tolerance", "iat-future", "good-iat-within-tolerance"],
  ...["aud-of-arrays", "sub-empty", "sub-number", "sub-null", "good-without-sub"],
  ...["exp-string", "exp-null", "nbf-string"],
  ...["id-token-by-token-use", "id-token-by-nonce", "id-token-by-at-hash", "id-token-by-typ"],
  ...["refresh-token-by-typ", "refresh-token-by-token-use"],
]);

const usedTwice = once((kit) => get("/tokens", bearer(forge(kit))));
const bySubject = (sub: string) =>
  once((kit) => {
    const { iat, exp, ...rest } = goodClaims(kit);
    return get(
      "/tokens",
      bearer(forge(kit, { claims: { ...rest, iat, exp, sub, jti: "the-same" } })),
    );
  });
const [ada, bob] = [bySubject("ada"), bySubject("bob")];

export const claimCases = groupOf("claims", "RFC 7519 §7.2", [
  ...Object.entries(cases).map(
    ([id, [expect, change, path]]): GroupedCase => ({
      ...{ id, expect, isLenient: lenient.has(id), request: claiming(change, path) },
      source: sources[id] ?? "RFC 8725 §3.8 to 3.12; RFC 7519 §4.1",
    }),
  ),
  { id: "good-token-once", expect: "accept", request: usedTwice },
  { id: "good-token-twice", expect: "accept", request: usedTwice },
  ...Object.entries({ ada, bob, "ada-again": ada, "bob-again": bob }).map(
    ([name, request]): GroupedCase => ({
      id: `good-subject-${name}`,
      source: "CVE-2026-35039",
      expect: { subject: name.slice(0, 3) },
      request,
    }),
  ),
]);
