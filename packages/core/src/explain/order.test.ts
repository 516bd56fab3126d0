import { describe, expect, test } from "vitest";
import { dpop } from "../dpop/dpop.ts";
import { boundToken, clientKey, goodProof, issuerKey } from "../dpop/proof.fixture.ts";
import { createMemoryReplays } from "../state/replay.ts";
import { type JwtOptions, jwt } from "../token/jwt.ts";
import { audience, clock, issuer, makeKey, now, sign, signRaw } from "../token/signing.fixture.ts";
import { sha256 } from "../wire/sha256.ts";
import { type Faults, inOrder } from "./order.fixture.ts";
import {
  apiKeys,
  bearing,
  cookie,
  digestRequest,
  digests,
  expiredKey,
  guardOf,
  introspected,
  loggingIn,
  passwords,
  planted,
  requestWith,
  signedRequest,
  signedRequests,
} from "./planted.fixture.ts";

interface TokenFaults {
  readonly claims?: object;
  readonly header?: object;
  readonly forged?: boolean;
  readonly suffix?: string;
  readonly cookies?: number;
}

const otherKey = await makeKey("ES256", "k1");
const refuse = { "~standard": { version: 1, vendor: "", validate: claimsOk } } as const;
function claimsOk(claims: unknown) {
  const isBad = (claims as { tenant?: string }).tenant === "evil";
  return isBad ? { issues: [{ message: "evil" }] } : { value: claims as object };
}
const options = {
  issuer,
  audience,
  clientId: "web",
  jwks: { keys: [issuerKey.jwk] },
  claims: refuse,
  revocations: {
    isRevoked: (keys: readonly string[]) => keys.some((key) => key.includes("revoked")),
    revoke: () => {},
  },
} as unknown as JwtOptions;
const jwts = () =>
  jwt({
    ...options,
    cookie,
    dpop: dpop({ replays: createMemoryReplays({ clock }), nonceSecret: planted.nonceSecret }),
  } as JwtOptions);

async function makeToken({ claims, header, forged, suffix = "" }: TokenFaults): Promise<string> {
  const base = { client_id: "web", sid: "s" };
  const token = await sign(forged ? otherKey : issuerKey, { ...base, ...claims }, header);
  return token + suffix;
}

const claimFaults: Faults<TokenFaults> = {
  claim_invalid: { claims: { sub: 5 } },
  token_expired: { claims: { exp: now - 100 } },
  token_not_yet_valid: { claims: { nbf: now + 100 } },
  audience_mismatch: { claims: { aud: "https://other.example.com" } },
  client_mismatch: { claims: { client_id: "other" } },
};
const tokenFaults: Faults<TokenFaults> = {
  token_malformed: { suffix: "=" },
  issuer_mismatch: { claims: { iss: "https://other.example.com" } },
  algorithm_not_allowed: { header: { alg: "HS256" } },
  key_not_found: { header: { kid: "unknown" } },
  signature_invalid: { forged: true },
  token_type_mismatch: { header: { typ: "logout+jwt" } },
  ...claimFaults,
  token_revoked: { claims: { jti: "revoked" } },
};
const jkt = { cnf: { jkt: "x".repeat(43) } };
const bearerFaults: Faults<TokenFaults> = {
  binding_unsupported: { claims: { cnf: { kid: "x" } } },
  dpop_required: { claims: jkt },
  certificate_mismatch: { claims: { cnf: { "x5t#S256": "x".repeat(43) } } },
  claims_mismatch: { claims: { tenant: "evil" } },
};

describe("jwt, sent as Bearer", () => {
  const make = async (faults: TokenFaults) => bearing(await makeToken(faults));
  inOrder(jwts, { ...tokenFaults, ...bearerFaults }, make, ["keys_unavailable"]);

  test("keys that cannot be had come before keys that there are not", async () => {
    const jwks = () => Promise.reject(new Error("down"));
    const guard = guardOf(jwt({ ...options, jwks } as JwtOptions));
    const say = async (faults: TokenFaults) => guard.check(await make(faults));
    expect(await say({ header: { kid: "unknown" } })).toMatchObject({ reason: "keys_unavailable" });
    expect(await say({ header: { alg: "HS256" } })).toMatchObject({
      reason: "algorithm_not_allowed",
    });
  });
});

describe("jwt, in a cookie", () => {
  const faults: Faults<TokenFaults & { readonly method?: string }> = {
    credential_conflict: { cookies: 2 },
    ...tokenFaults,
    ...bearerFaults,
    csrf_suspected: { method: "POST" },
  };
  inOrder(
    jwts,
    faults,
    async ({ cookies = 1, method = "GET", ...rest }) => {
      const pair = `__Host-access=${await makeToken(rest)}`;
      return requestWith({ cookie: Array(cookies).fill(pair).join("; ") }, { method });
    },
    ["keys_unavailable"],
  );
});

interface ProofFaults extends TokenFaults {
  readonly bound?: boolean;
  readonly proof?: object | undefined;
  readonly proofHeader?: object;
  readonly proofForged?: boolean;
  readonly missing?: boolean;
  readonly stranger?: boolean;
}

describe("jwt, sent as DPoP", () => {
  const faults: Faults<ProofFaults> = {
    ...tokenFaults,
    binding_unsupported: { claims: { cnf: { kid: "x" } } },
    dpop_unbound: { bound: false },
    dpop_proof_missing: { missing: true },
    dpop_proof_malformed: { proofHeader: { typ: "jwt" } },
    dpop_key_mismatch: { stranger: true },
    dpop_signature_invalid: { proofForged: true },
    dpop_token_mismatch: { proof: { ath: "x" } },
    dpop_method_mismatch: { proof: { htm: "DELETE" } },
    dpop_url_mismatch: { proof: { htu: "https://api.example.com/x" } },
    dpop_proof_untimely: { proof: { iat: now - 100 } },
    dpop_nonce_required: { proof: { nonce: "x" } },
    claims_mismatch: { claims: { tenant: "evil" } },
  };
  inOrder(
    jwts,
    faults,
    async (given, guard) => {
      const { bound = true, missing, stranger, proofForged, proofHeader, proof } = given;
      const cnf = bound ? await cnfOfClient() : undefined;
      const token = await makeToken({ ...given, claims: { cnf, ...given.claims } });
      const authorization = `DPoP ${token}`;
      if (missing) return requestWith({ authorization });
      const key = stranger ? otherKey : clientKey;
      const good = await goodProof(token, key);
      const nonce = await nonceOf(guard);
      const claims = { ...good.claims, nonce, ath: await sha256(token), ...proof };
      const signer = proofForged ? await makeKey("ES256") : key;
      const dpop = await signRaw(signer, { ...good.header, ...proofHeader }, claims);
      return requestWith({ authorization, dpop });
    },
    // A proof can only be replayed after it was good.
    ["keys_unavailable", "dpop_proof_replayed"],
  );
});

async function cnfOfClient(): Promise<unknown> {
  const [, payload = ""] = (await boundToken()).split(".");
  return JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/"))).cnf;
}

/** What a guard answers to a proof without a nonce. */
async function nonceOf(guard: ReturnType<typeof guardOf>): Promise<string> {
  const token = await sign(issuerKey, { client_id: "web", cnf: await cnfOfClient() });
  const { header, claims } = await goodProof(token);
  const dpop = await signRaw(clientKey, header, claims);
  const verdict = await guard.check(requestWith({ authorization: `DPoP ${token}`, dpop }));
  const [field] = verdict.kind === "rejected" ? (verdict.headers ?? []) : [];
  return field?.[1] ?? "";
}

describe("introspection", () => {
  let answer: object = {};
  const scheme = () => introspected({ toJSON: () => answer });
  const faults: Faults<object> = {
    token_inactive: { active: false },
    token_type_mismatch: { token_type: "N_A" },
    issuer_mismatch: { iss: "https://other.example.com" },
    ...Object.fromEntries(
      Object.entries(claimFaults)
        .filter(([check]) => check !== "client_mismatch")
        .map(([check, fault]) => [check, fault.claims ?? {}]),
    ),
    binding_unsupported: { cnf: { kid: "x" } },
    certificate_mismatch: { cnf: { "x5t#S256": "x".repeat(43) } },
  };
  inOrder(
    scheme,
    faults,
    (claims) => {
      answer = { active: true, token_type: "Bearer", iss: issuer, aud: audience, ...claims };
      return bearing(planted.opaque);
    },
    ["introspection_unavailable", "client_mismatch"],
  );
});

describe("digest", () => {
  const big = { content: new Uint8Array(1024 ** 2 + 1) };
  interface DigestFaults {
    readonly changes?: Readonly<Record<string, string>>;
    readonly more?: Parameters<typeof digestRequest>[2];
  }
  const faults: Faults<DigestFaults> = {
    credential_malformed: { changes: { nc: "1" } },
    digest_not_offered: { changes: { realm: "other" } },
    digest_uri_mismatch: { changes: { uri: "/other" } },
    body_too_large: { changes: { qop: "auth-int" }, more: big },
    digest_invalid: { changes: { response: "x" } },
  };
  inOrder(digests, faults, ({ changes, more }, guard) => digestRequest(guard, changes, more), [
    "digest_nonce_stale",
    "request_replayed",
  ]);

  test("a stale nonce comes before a count that was used, and after a wrong password", async () => {
    let time = clock.now();
    const replays = { reserve: () => false };
    const guard = guardOf(digests({ replays }), { clock: { now: () => time } });
    const [right, wrong] = [
      await digestRequest(guard),
      await digestRequest(guard, { response: "x" }),
    ];
    expect(await guard.check(right)).toMatchObject({ reason: "request_replayed" });
    time += 1_000_000;
    expect(await guard.check(right)).toMatchObject({ reason: "digest_nonce_stale" });
    expect(await guard.check(wrong)).toMatchObject({ reason: "digest_invalid" });
  });
});

describe("oauth1", () => {
  const form = { "content-type": "application/x-www-form-urlencoded" };
  interface OAuth1Faults {
    readonly changes?: Readonly<Record<string, string>>;
    readonly more?: Parameters<typeof signedRequest>[1];
  }
  const faults: Faults<OAuth1Faults> = {
    body_too_large: { more: { headers: form, content: new Uint8Array(1024 ** 2 + 1) } },
    oauth1_malformed: { changes: { oauth_timestamp: "x" } },
    oauth1_not_offered: { changes: { oauth_version: "2.0" } },
    oauth1_timestamp_refused: { changes: { oauth_timestamp: String(now - 1000) } },
    oauth1_signature_invalid: { changes: { oauth_signature: "x" } },
    request_replayed: {},
  };
  const replays = { reserve: () => false };
  inOrder(
    () => signedRequests({ replays }),
    faults,
    ({ changes, more }) => signedRequest(changes, more),
  );
});

describe("basic and api-key", () => {
  inOrder(passwords, { password_invalid: { password: "x" } }, ({ password = planted.password }) =>
    loggingIn(password),
  );
  inOrder(
    apiKeys,
    { api_key_invalid: { flaw: "x" }, api_key_expired: {} },
    ({ flaw = "" }: { flaw?: string }) => requestWith({ "x-api-key": expiredKey.key + flaw }),
  );
});
