import {
  createGuard,
  createMemoryReplays,
  dpop,
  type IntrospectionOptions,
  introspection,
  jwt,
  type Verdict,
} from "@countersign/core";
import { viewWebRequest } from "@countersign/core/adapter";
import type { JWK } from "jose";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createTestClock, type TestClock } from "../issuer/clock.ts";
import { api, jwtApi, makeProver, makeSigningKey, opaqueApi, startProvider } from "./provider.ts";

const publicUrl = "https://api.example.com";
let keys: readonly [JWK, JWK];
let provider: Awaited<ReturnType<typeof startProvider>>;
let clock: TestClock;

// It tells whoever starts it that this is no setup for production.
vi.spyOn(console, "info").mockImplementation(() => {});
vi.spyOn(console, "warn").mockImplementation(() => {});

beforeEach(async () => {
  keys = await Promise.all([makeSigningKey("k1"), makeSigningKey("k2")]);
  provider = await startProvider([keys[0]]);
  clock = createTestClock();
});
afterEach(() => provider.stop());

/** A guard that knows nothing of the provider but its name. */
function makeGuard(options: Partial<IntrospectionOptions> = {}) {
  const proofs = dpop({ replays: createMemoryReplays() });
  const issuer = provider.url;
  return createGuard({
    publicUrl,
    clock,
    schemes: [
      jwt({ issuer, audience: jwtApi, profile: "rfc9068", dpop: proofs }),
      introspection({
        issuer,
        clientId: api.id,
        clientSecret: api.secret,
        audience: opaqueApi,
        dpop: proofs,
        ...options,
      } as IntrospectionOptions),
    ],
  });
}

type Sent = Record<"authorization" | "dpop", string>;

async function check(guard: ReturnType<typeof makeGuard>, headers: Partial<Sent>) {
  const request = new Request(`${publicUrl}/orders`, { headers: headers as Sent });
  return guard.check(viewWebRequest(request, guard.policy, { secure: true }));
}

const bearing = (guard: ReturnType<typeof makeGuard>, token: string) =>
  check(guard, { authorization: `Bearer ${token}` });

function expectAccepted(verdict: Verdict, scheme: string) {
  expect(verdict).toMatchObject({
    kind: "accepted",
    principal: { scheme, clientId: "app", issuer: provider.url, scopes: ["orders:read"] },
  });
}

/** A text with its middle character changed. */
function tampered(token: string): string {
  const at = Math.floor(token.length / 2);
  return `${token.slice(0, at)}${token[at] === "x" ? "y" : "x"}${token.slice(at + 1)}`;
}

describe("tokens of oidc-provider, found by discovery", () => {
  it("JWTs are verified", async () => {
    const guard = makeGuard();
    const { token } = await provider.issue(jwtApi);
    expectAccepted(await bearing(guard, token), "jwt");
    expect(await bearing(guard, tampered(token))).toMatchObject({ kind: "rejected", status: 401 });
  });

  it.each([false, true])("opaque ones are introspected; signed answers: %s", async (signed) => {
    const guard = makeGuard({ signed } as never);
    const { token } = await provider.issue(opaqueApi);
    expect(token).not.toContain(".");
    expectAccepted(await bearing(guard, token), "introspection");
    expect(await bearing(guard, tampered(token))).toMatchObject({ reason: "token_inactive" });
  });

  it("tokens for another API are refused", async () => {
    const guard = makeGuard();
    const { token } = await provider.issue("https://other.example.com");
    expect(await bearing(guard, token)).toMatchObject({ reason: "audience_mismatch" });
  });

  it("a revoked token is refused once what is remembered has run out", async () => {
    const guard = makeGuard();
    const { token } = await provider.issue(opaqueApi);
    expectAccepted(await bearing(guard, token), "introspection");
    await provider.revoke(token);
    expectAccepted(await bearing(guard, token), "introspection");
    clock.advance("30s");
    expect(await bearing(guard, token)).toMatchObject({ reason: "token_inactive" });
  });

  it("a refresh token, which it reports active, is refused, whoever it is for", async () => {
    const { RefreshToken, Grant, Client } = provider.provider();
    const grant = new Grant({ accountId: "ada", clientId: "app" });
    grant.addOIDCScope("openid offline_access");
    const client = await Client.find("app");
    const stored = new RefreshToken({
      client: client as never,
      accountId: "ada",
      grantId: await grant.save(),
      gty: "authorization_code",
      scope: "openid offline_access",
    } as never);
    const token = await stored.save();
    expect(await bearing(makeGuard(), token)).toMatchObject({ reason: "audience_mismatch" });
    // It names no audience, and is not called a refresh token either.
    const anyAudience = makeGuard({ audience: null, clientIds: "app" } as never);
    expect(await bearing(anyAudience, token)).toMatchObject({ reason: "token_type_mismatch" });
  });

  it.each([jwtApi, opaqueApi])("tokens for %s bound to a key need its proof", async (resource) => {
    const guard = makeGuard();
    const prove = await makeProver();
    const { token, type } = await provider.issue(resource, prove);
    expect(type).toBe("DPoP");
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token));
    const ath = Buffer.from(digest).toString("base64url");
    const proven = { htm: "GET", htu: `${publicUrl}/orders`, ath };
    const authorization = `DPoP ${token}`;
    const verdict = await check(guard, { authorization, dpop: await prove(proven) });
    expectAccepted(verdict, resource === jwtApi ? "jwt" : "introspection");
    expect(verdict).toMatchObject({ principal: { binding: { type: "dpop" } } });

    expect(await bearing(guard, token)).toMatchObject({ reason: "dpop_required" });
    expect(await check(guard, { authorization })).toMatchObject({ reason: "dpop_proof_missing" });
    const stranger = await makeProver();
    const stolen = { authorization, dpop: await stranger(proven) };
    expect(await check(guard, stolen)).toMatchObject({ reason: "dpop_key_mismatch" });
  });
});

describe("over a rotation of its keys", () => {
  it("old and new tokens are verified, and the old ones no more once their key has gone", async () => {
    const guard = makeGuard();
    const old = await provider.issue(jwtApi);
    expectAccepted(await bearing(guard, old.token), "jwt");

    provider.rotate([keys[1], keys[0]]);
    const fresh = await provider.issue(jwtApi);
    // A key that was not there a moment ago is not asked for again at once.
    expect(await bearing(guard, fresh.token)).toMatchObject({ reason: "key_not_found" });
    clock.advance("30s");
    expectAccepted(await bearing(guard, fresh.token), "jwt");
    expectAccepted(await bearing(guard, old.token), "jwt");

    provider.rotate([keys[1]]);
    expect(await bearing(makeGuard(), old.token)).toMatchObject({ reason: "key_not_found" });
  });

  it("signed answers are too", async () => {
    const guard = makeGuard({ signed: true } as never);
    expectAccepted(await bearing(guard, (await provider.issue(opaqueApi)).token), "introspection");
    provider.rotate([keys[1], keys[0]]);
    clock.advance("30s");
    expectAccepted(await bearing(guard, (await provider.issue(opaqueApi)).token), "introspection");
  });
});

describe("while it is down", () => {
  it("what is known goes on, what is not is an outage, and all is well when it is back", async () => {
    const guard = makeGuard();
    const [known, next] = [await provider.issue(jwtApi), await provider.issue(jwtApi)];
    const [asked, other] = [await provider.issue(opaqueApi), await provider.issue(opaqueApi)];
    expectAccepted(await bearing(guard, known.token), "jwt");
    expectAccepted(await bearing(guard, asked.token), "introspection");
    await provider.stop();

    expectAccepted(await bearing(guard, next.token), "jwt");
    expectAccepted(await bearing(guard, asked.token), "introspection");
    for (const [each, token] of [
      [guard, other.token],
      [makeGuard(), known.token],
      [makeGuard(), asked.token],
    ] as const) {
      expect(await bearing(each, token)).toMatchObject({ kind: "unavailable", retryAfter: 1 });
    }
    clock.advance("30s");
    expect(await bearing(guard, asked.token)).toMatchObject({
      kind: "unavailable",
      reason: "introspection_unavailable",
    });
    expectAccepted(await bearing(guard, known.token), "jwt");

    await provider.restart();
    clock.advance("5s");
    expectAccepted(await bearing(guard, asked.token), "introspection");
    expectAccepted(await bearing(guard, other.token), "introspection");
    expectAccepted(await bearing(guard, known.token), "jwt");
  });
});
