import { decodeJwt, exportJWK, generateKeyPair, SignJWT } from "jose";
import { expect, it } from "vitest";
import { createTestIssuer } from "../issuer/create-test-issuer.ts";
import type { TestIssuerOptions } from "../issuer/options.ts";

const { publicKey, privateKey } = await generateKeyPair("ES256");
const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: "k1" } as never] };
const other = createTestIssuer({ url: "https://other.test" });

async function setUp(options: TestIssuerOptions = {}) {
  const issuer = createTestIssuer({ clients: [{ id: "robot", jwks }], ...options });
  const send = async (assertion: string, more: Record<string, string> = {}) => {
    const grant_type = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    const body = new URLSearchParams({ grant_type, assertion, ...more });
    const answer = await issuer.fetch(`${issuer.url}/token`, { method: "POST", body });
    return (await answer.json()) as Record<string, string>;
  };
  return { issuer, send };
}

it("an assertion of its own, for the issuer or its token endpoint", async () => {
  const { issuer, send } = await setUp();
  for (const audience of [issuer.url, `${issuer.url}/token`]) {
    const assertion = await issuer.mint({ subject: "ada", scope: "read", audience });
    const { access_token = "", scope } = await send(assertion);
    expect([decodeJwt(access_token).sub, scope]).toEqual(["ada", "read"]);
    expect((await send(assertion, { scope: "write" })).scope).toBe("write");
  }
});

it("of a client that signs with a key of its own", async () => {
  const { issuer, send } = await setUp();
  const assertion = await new SignJWT()
    .setProtectedHeader({ alg: "ES256", kid: "k1" })
    .setIssuer("robot")
    .setSubject("robot")
    .setAudience(issuer.url)
    .setExpirationTime("1m")
    .sign(privateKey);
  const { access_token = "" } = await send(assertion, { scope: "read" });
  expect(decodeJwt(access_token)).toMatchObject({ sub: "robot", client_id: "robot" });
});

it("of another issuer, where it is trusted", async () => {
  const trusts = [{ issuer: other.url, jwks: () => other.jwks() }];
  const trusting = await setUp({ trusts });
  const assertion = await other.mint({ subject: "eve", audience: trusting.issuer.url });
  const { access_token = "" } = await trusting.send(assertion);
  expect(decodeJwt(access_token)).toMatchObject({ iss: trusting.issuer.url, sub: "eve" });
  expect(await (await setUp()).send(assertion)).toMatchObject({ error: "invalid_grant" });
});

it("of another issuer whose keys cannot be had: not now", async () => {
  const jwks = () => Promise.reject(new Error("down"));
  const { issuer, send } = await setUp({ trusts: [{ issuer: other.url, jwks }] });
  const assertion = await other.mint({ audience: issuer.url });
  expect(await send(assertion)).toMatchObject({ error: "temporarily_unavailable" });
});

it.each([
  ["for somebody else", { audience: "https://api.test" }],
  ["expired", { expiresIn: -60 }],
  ["of nobody", { subject: null }],
  ["unsigned", { header: { alg: "none" } }],
  ["signed by another", { key: privateKey }],
])("one that is %s is refused", async (_what, options) => {
  const { issuer, send } = await setUp();
  const assertion = await issuer.mint({ audience: issuer.url, ...options });
  expect(await send(assertion)).toMatchObject({ error: "invalid_grant" });
});

it.each(["", "x", "a.b.c", "🔑"])("%j is no assertion", async (assertion) => {
  expect(await (await setUp()).send(assertion)).toMatchObject({ error: "invalid_grant" });
});
