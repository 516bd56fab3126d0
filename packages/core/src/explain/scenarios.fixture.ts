/** For every reason, a guard and a request that it refuses for that reason. */
import { basic } from "../basic/basic.ts";
import {
  boundToken,
  clientKey,
  guardOf as dpopGuardOf,
  issuerKey,
  makeProof,
} from "../dpop/proof.fixture.ts";
import type { Guard } from "../guard/guard.ts";
import { makeRequest } from "../guard/made-request.fixture.ts";
import type { Principal } from "../guard/principal.ts";
import type { AuthRequest } from "../guard/request.ts";
import type { Requirement } from "../guard/requirement.ts";
import type { Check } from "../guard/scheme.ts";
import { guessLimits } from "../guard/throttle.ts";
import { claim } from "../requirement/claim.ts";
import { fresh } from "../requirement/fresh.ts";
import { permission, role } from "../requirement/role.ts";
import { scope } from "../requirement/scope.ts";
import { createMemoryThrottle } from "../state/memory-throttle.ts";
import { type JwtOptions, jwt } from "../token/jwt.ts";
import { audience, clock, issuer, makeKey, now, sign } from "../token/signing.fixture.ts";
import {
  apiKeys,
  bearing,
  cookie,
  digestRequest,
  digests,
  expiredKey,
  goodKey,
  guardOf,
  introspected,
  loggingIn,
  passwords,
  planted,
  requestWith,
  signedRequest,
  signedRequests,
} from "./planted.fixture.ts";

/** A guard, and a request that it refuses. */
export interface Scenario {
  readonly guard: Guard<Principal | undefined>;
  readonly request: AuthRequest;
  readonly requirement?: Requirement;
}

const trust = { issuer, audience, jwks: { keys: [issuerKey.jwk] } };
const otherKey = await makeKey("ES256", "k1");
const tokens = (options: Partial<JwtOptions> = {}) => jwt({ ...trust, ...options } as JwtOptions);

/** A token that is wrong in one thing, at a guard that minds. */
async function wrongToken(claims: object, header: object = {}, options: Partial<JwtOptions> = {}) {
  const request = bearing(await sign(issuerKey, claims, header));
  return { guard: guardOf(tokens(options)), request };
}

/** A bound token with a proof that is wrong in one thing. */
async function wrongProof(
  changes: Parameters<typeof makeProof>[1],
  guard: Scenario["guard"] = dpopGuardOf(),
) {
  const token = await boundToken();
  const proof = await makeProof(token, changes);
  const headers = { authorization: `DPoP ${token}`, dpop: proof };
  return { guard, request: makeRequest({ headers }) };
}

async function used({ guard, request }: Scenario): Promise<Scenario> {
  await guard.check(request);
  return { guard, request };
}

async function wrongDigest(changes: Readonly<Record<string, string>>) {
  const guard = guardOf(digests());
  return { guard, request: await digestRequest(guard, changes) };
}

async function wrongSignature(changes: Readonly<Record<string, string>>) {
  return { guard: guardOf(signedRequests()), request: await signedRequest(changes) };
}

async function lacking(requirement: Requirement, claims: object = {}): Promise<Scenario> {
  return { ...(await wrongToken(claims)), requirement };
}

const keyed = (key: string, requirement?: Requirement): Scenario => ({
  guard: guardOf(apiKeys()),
  request: makeRequest({ headers: { "x-api-key": key } }),
  ...(requirement && { requirement }),
});
const refused = {
  "~standard": { version: 1, vendor: "", validate: () => ({ issues: [] }) },
} as const;
const form = { "content-type": "application/x-www-form-urlencoded" };
const down = () => Promise.reject(new Error(`planted: cannot look ${planted.password} up`));

export const scenarios: Readonly<Record<Check["reason"], () => Scenario | Promise<Scenario>>> = {
  https_required: () => ({
    guard: guardOf(passwords()),
    request: makeRequest({ ...loggingIn(planted.password), secure: false }),
  }),
  credential_missing: () => ({ guard: guardOf(passwords()), request: requestWith() }),
  scheme_not_admitted: () => ({
    guard: guardOf(passwords(), { schemes: [passwords(), tokens()] }).only("jwt"),
    request: loggingIn(planted.password),
  }),
  credential_conflict: () => ({
    guard: guardOf(passwords(), { schemes: [passwords(), apiKeys()] }),
    request: requestWith({
      authorization: `Basic ${btoa(`ada:${planted.password}`)}`,
      "x-api-key": goodKey.key,
    }),
  }),
  credential_malformed: () => ({
    guard: guardOf(passwords()),
    request: bearing(`${planted.opaque}, Bearer ${planted.opaque}`),
  }),

  token_malformed: async () => ({
    guard: guardOf(tokens()),
    request: bearing(`${await sign(issuerKey)}=`),
  }),
  token_type_mismatch: () => wrongToken({}, { typ: "logout+jwt" }),
  algorithm_not_allowed: () => wrongToken({}, { alg: "HS256" }),
  issuer_mismatch: () => wrongToken({ iss: "https://other.example.com" }),
  key_not_found: () => wrongToken({}, { kid: "unknown" }),
  signature_invalid: async () => ({
    guard: guardOf(tokens()),
    request: bearing(await sign(otherKey)),
  }),
  token_inactive: () => ({
    guard: guardOf(introspected({ active: false })),
    request: bearing(planted.opaque),
  }),
  token_revoked: () =>
    wrongToken({}, {}, { revocations: { isRevoked: () => true, revoke: () => {} } }),
  token_expired: () => wrongToken({ exp: now - 100 }),
  token_not_yet_valid: () => wrongToken({ nbf: now + 100 }),
  audience_mismatch: () => wrongToken({ aud: "https://other.example.com" }),
  client_mismatch: () => wrongToken({ client_id: "other" }, {}, { clientId: "web" }),
  claim_invalid: () => wrongToken({ sub: { name: "planted" } }),
  claims_mismatch: () => wrongToken({}, {}, { claims: refused } as object),

  dpop_required: async () => ({ guard: dpopGuardOf(), request: bearing(await boundToken()) }),
  dpop_unbound: async () => ({
    guard: dpopGuardOf(),
    request: requestWith({ authorization: `DPoP ${await sign(issuerKey)}` }),
  }),
  certificate_mismatch: () => wrongToken({ cnf: { "x5t#S256": "x".repeat(43) } }),
  binding_unsupported: () => wrongToken({ cnf: { kid: "planted" } }),
  dpop_proof_missing: async () => ({
    guard: dpopGuardOf(),
    request: requestWith({ authorization: `DPoP ${await boundToken()}` }),
  }),
  dpop_proof_malformed: () => wrongProof({ header: { typ: "jwt" } }),
  dpop_key_mismatch: () => wrongProof({ key: otherKey }),
  dpop_signature_invalid: () => wrongProof({ key: otherKey, header: { jwk: clientKey.jwk } }),
  dpop_token_mismatch: () => wrongProof({ claims: { ath: "planted" } }),
  dpop_method_mismatch: () => wrongProof({ claims: { htm: "DELETE" } }),
  dpop_url_mismatch: () => wrongProof({ claims: { htu: "https://api.example.com/other?planted" } }),
  dpop_proof_untimely: () => wrongProof({ claims: { iat: now - 100 } }),
  dpop_proof_replayed: async () => used(await wrongProof({})),
  dpop_nonce_required: () => wrongProof({}, dpopGuardOf({ nonceSecret: planted.nonceSecret })),

  api_key_invalid: () => keyed(planted.looseKey),
  api_key_expired: () => keyed(expiredKey.key),
  password_invalid: () => ({ guard: guardOf(passwords()), request: loggingIn("planted-guess") }),

  digest_not_offered: () => wrongDigest({ realm: "other" }),
  digest_uri_mismatch: () => wrongDigest({ uri: "/other?planted" }),
  digest_invalid: () => wrongDigest({ response: "planted" }),
  digest_nonce_stale: async () => {
    // Signed with the nonce of a guard that has another secret.
    const guard = guardOf(digests());
    const stranger = guardOf(digests({ nonceSecret: `${planted.nonceSecret} of another` }));
    return { guard, request: await digestRequest(stranger) };
  },
  request_replayed: async () => {
    const guard = guardOf(digests());
    return used({ guard, request: await digestRequest(guard) });
  },

  oauth1_malformed: () => wrongSignature({ oauth_timestamp: "planted" }),
  oauth1_not_offered: () => wrongSignature({ oauth_signature_method: "PLAINTEXT" }),
  oauth1_timestamp_refused: () => wrongSignature({ oauth_timestamp: String(now - 1000) }),
  oauth1_signature_invalid: () => wrongSignature({ oauth_signature: "planted" }),
  body_too_large: async () => ({
    guard: guardOf(signedRequests()),
    request: await signedRequest({}, { headers: form, content: new Uint8Array(1024 ** 2 + 1) }),
  }),

  scope_missing: () => lacking(scope("orders:write"), { scope: "orders:read" }),
  role_missing: () => lacking(role("admin")),
  permission_missing: () => lacking(permission("refunds:approve")),
  claim_missing: () =>
    lacking(
      claim("tenant", () => false),
      { tenant: "planted" },
    ),
  login_impossible: () => keyed(goodKey.key, fresh({ maxAge: 300 })),
  authentication_too_old: () => lacking(fresh({ maxAge: 300 }), { auth_time: now - 600 }),
  authentication_too_weak: () => lacking(fresh({ acr: ["mfa"] }), { auth_time: now, acr: "pwd" }),
  csrf_suspected: async () => {
    const token = await sign(issuerKey, { sid: "planted-session" });
    const headers = { cookie: `__Host-access=${token}`, "x-csrf-token": "planted" };
    return {
      guard: guardOf(tokens({ cookie })),
      request: makeRequest({ headers, method: "POST" }),
    };
  },

  too_many_failures: async () => {
    const bySubject = createMemoryThrottle({ points: 1, duration: 60, clock });
    const guard = guardOf(passwords(), { throttle: guessLimits({ bySubject }) });
    return used({ guard, request: loggingIn("planted-guess") });
  },
  throttle_unavailable: () => {
    const bySubject = { consume: down, get: down, reward: down };
    const guard = guardOf(passwords(), { throttle: guessLimits({ bySubject }) });
    return { guard, request: loggingIn(planted.password) };
  },
  keys_unavailable: async () => ({
    guard: guardOf(tokens({ jwks: down })),
    request: bearing(await sign(issuerKey)),
  }),
  introspection_unavailable: () => ({
    guard: guardOf(introspected(new Error("planted"))),
    request: bearing(planted.opaque),
  }),
  store_unavailable: () => ({
    guard: guardOf(basic({ users: { find: down }, passwords: { verify: () => false } })),
    request: loggingIn(planted.password),
  }),
};
