import { createGuard, createMemoryReplays, dpop, jwt } from "@countersign/core";
import { viewWebRequest } from "@countersign/core/adapter";
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  decodeJwt,
  generateKeyPair,
  type JSONWebKeySet,
  jwtVerify,
} from "jose";
import { describe, expect, it } from "vitest";
import { createRunningClock } from "./clock.ts";
import { createTestIssuer } from "./create-test-issuer.ts";

const publicUrl = "https://api.test";

function guardFor({ url, audience, fetch, clock }: ReturnType<typeof createTestIssuer>) {
  const proofs = dpop({ replays: createMemoryReplays({ clock }) });
  return createGuard({
    publicUrl,
    clock,
    schemes: [jwt({ issuer: url, audience, fetch, dpop: proofs })],
  });
}

async function check(guard: ReturnType<typeof guardFor>, headers: Record<string, string>) {
  const request = new Request(`${publicUrl}/orders`, { headers });
  return guard.check(viewWebRequest(request, guard.policy, { secure: true }));
}

describe("minting", () => {
  it.each(["ES256", "RS256", "EdDSA"] as const)(
    "a guard takes what %s signs",
    async (algorithm) => {
      const issuer = createTestIssuer({ algorithm });
      const headers = await issuer.authorize({ subject: "ada", scope: "a b", roles: ["admin"] });
      expect(await check(guardFor(issuer), headers)).toMatchObject({
        kind: "accepted",
        principal: { subject: "ada", scopes: ["a", "b"], roles: ["admin"] },
      });
    },
  );

  it.each([
    ["expired", { expiresIn: -60 }, "token_expired"],
    ["for another audience", { audience: "https://other.test" }, "audience_mismatch"],
    ["by another issuer", { issuer: "https://other.test" }, "issuer_mismatch"],
    ["unsigned", { header: { alg: "none" } }, "algorithm_not_allowed"],
    ["of a key nobody knows", { header: { kid: "x" } }, "key_not_found"],
    ["not yet valid", { claims: { nbf: 4_000_000_000 } }, "token_not_yet_valid"],
    ["without exp", { claims: { exp: undefined } }, "claim_invalid"],
  ])("wrong ones too: %s", async (_what, options, reason) => {
    const issuer = createTestIssuer();
    const verdict = await check(guardFor(issuer), await issuer.authorize(options));
    expect(verdict).toMatchObject({ kind: "rejected", reason });
  });

  it("with another key", async () => {
    const issuer = createTestIssuer();
    const { privateKey } = await generateKeyPair("ES256");
    const verdict = await check(guardFor(issuer), await issuer.authorize({ key: privateKey }));
    expect(verdict).toMatchObject({ reason: "signature_invalid" });
  });

  it("bound to a key, with the proof for one request", async () => {
    const issuer = createTestIssuer();
    const guard = guardFor(issuer);
    const target = { method: "GET", url: `${publicUrl}/orders` };
    const headers = await issuer.authorizeWithProof(target, { subject: "ada" });
    expect(await check(guard, headers)).toMatchObject({
      kind: "accepted",
      principal: { subject: "ada", binding: { type: "dpop" } },
    });
    expect(await check(guard, headers)).toMatchObject({ kind: "rejected" });
    const thumbprintOf = ({ authorization }: { authorization: string }) =>
      decodeJwt(authorization.slice(5)).cnf;
    const other = await issuer.authorizeWithProof({ ...target, method: "POST" });
    expect(thumbprintOf(other)).toEqual(thumbprintOf(headers));
    expect(await check(guard, other)).toMatchObject({ reason: "dpop_method_mismatch" });
  });
});

describe("its clock and keys", () => {
  it("tokens expire when the clock is turned", async () => {
    const issuer = createTestIssuer();
    const guard = guardFor(issuer);
    const headers = await issuer.authorize();
    expect(await check(guard, headers)).toMatchObject({ kind: "accepted" });
    issuer.clock.advance("2h");
    expect(await check(guard, headers)).toMatchObject({ reason: "token_expired" });
  });

  it("a running clock goes with the machine's", () => {
    const clock = createRunningClock();
    expect(clock.now()).toBeGreaterThanOrEqual(Date.now() - 1000);
    const before = clock.now();
    clock.advance("2h");
    expect(clock.now() - before).toBeGreaterThanOrEqual(7_200_000);
  });

  it("a new key signs, and the old one stays published", async () => {
    const issuer = createTestIssuer();
    const old = await issuer.mint();
    await issuer.rotateKeys();
    const fresh = await issuer.mint();
    const keys = createLocalJWKSet((await issuer.jwks()) as JSONWebKeySet);
    const [first, second] = await Promise.all([jwtVerify(old, keys), jwtVerify(fresh, keys)]);
    expect(first.protectedHeader.kid).not.toBe(second.protectedHeader.kid);
  });
});

describe("listening", () => {
  it("names itself after its address, and is gone at the end of the block", async () => {
    let url: string;
    {
      await using issuer = createTestIssuer();
      url = await issuer.listen();
      const keys = createRemoteJWKSet(new URL(`${url}/jwks`));
      const { payload } = await jwtVerify(await issuer.mint(), keys, { issuer: url });
      expect(payload.iss).toBe(url);
      await expect(issuer.listen()).rejects.toThrow("listens already");
    }
    await expect(fetch(`${url}/jwks`)).rejects.toThrow();
  });
});

describe("several at once", () => {
  it.each([false, true])("on one address, by paths; listening: %s", async (listens) => {
    await using issuer = createTestIssuer();
    const north = issuer.tenant("north");
    const south = issuer.tenant("south", { algorithm: "RS256" });
    if (listens) await issuer.listen();
    const send = listens ? fetch : issuer.fetch;
    for (const each of [issuer, north, south]) {
      const { url } = each;
      const { pathname, origin } = new URL(url);
      const path = pathname.replace(/\/$/, "");
      for (const place of [
        `${url}/.well-known/openid-configuration`,
        `${origin}/.well-known/oauth-authorization-server${path}`,
      ]) {
        expect(await (await send(place)).json()).toMatchObject({ issuer: url });
      }
      const keys = createLocalJWKSet((await (await send(`${url}/jwks`)).json()) as JSONWebKeySet);
      const { payload } = await jwtVerify(await each.mint(), keys);
      expect(payload.iss).toBe(url);
    }
    expect(north.url).toBe(`${issuer.url}/north`);
    const keysOfSouth = createLocalJWKSet((await south.jwks()) as JSONWebKeySet);
    await expect(jwtVerify(await north.mint(), keysOfSouth)).rejects.toThrow();
    expect(north.requests).toHaveLength(3);
    expect((await send(`${issuer.url}/northern/jwks`)).status).toBe(404);
    issuer.clock.advance("1h");
    expect(south.clock.now()).toBe(issuer.clock.now());
  });

  it("each name once, and only names", () => {
    const issuer = createTestIssuer();
    issuer.tenant("north");
    expect(() => issuer.tenant("north")).toThrow('there is a "north" already');
    expect(() => issuer.tenant("a/b")).toThrow("letters");
  });
});

it("nobody may be called as a client is", () => {
  const options = { clients: [{ id: "app" }], users: [{ subject: "app" }] };
  expect(() => createTestIssuer(options)).toThrow('users: "app" is the id of a client');
});

describe("what it was sent", () => {
  it("is listed, whole", async () => {
    const { fetch, url, requests } = createTestIssuer();
    const headers = { authorization: `Basic ${btoa("test-client:test-client-secret")}` };
    const body = new URLSearchParams({ grant_type: "client_credentials" });
    const answer = await fetch(`${url}/token`, { method: "POST", headers, body });
    expect(answer.status).toBe(200);
    expect(requests).toMatchObject([
      {
        method: "POST",
        url: `${url}/token`,
        path: "/token",
        headers,
        body: "grant_type=client_credentials",
      },
    ]);
  });

  it("is bounded: the latest are kept", async () => {
    const { fetch, url, requests } = createTestIssuer();
    for (let count = 0; count < 1001; count++) await fetch(`${url}/${count}`);
    expect([requests.length, requests[0]?.path]).toEqual([1000, "/1"]);
  });
});
