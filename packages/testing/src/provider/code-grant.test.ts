import { createHash } from "node:crypto";
import { createDpopProof } from "@countersign/core/wire";
import { calculateJwkThumbprint, decodeJwt, exportJWK } from "jose";
import { expect, it } from "vitest";
import { generateProofKey } from "../issuer/authorized-headers.ts";
import { createClientKit, redirectUri, secret, verifier } from "./client.fixture.ts";

it("a code is exchanged once; the second time ends what it was exchanged for", async () => {
  const { issuer, getCode, exchange } = await createClientKit();
  const code = await getCode();
  const { status, body } = await exchange(code);
  expect([status, body.token_type, body.id_token]).toEqual([200, "Bearer", undefined]);
  expect(await exchange(code)).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
  const refreshing = issuer.refresh(String(body.refresh_token), { clientId: "app" });
  await expect(refreshing).rejects.toMatchObject({ error: "invalid_grant" });
});

it("of many exchanges at once one succeeds", async () => {
  const { getCode, exchange } = await createClientKit();
  const code = await getCode();
  const answers = await Promise.all(Array.from({ length: 10 }, () => exchange(code)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
});

it.each([
  ["another client's", { client_id: "other" }],
  ["with another redirect_uri", { redirect_uri: "http://127.0.0.1/back" }],
  ["with no redirect_uri", { redirect_uri: "" }],
  ["with another verifier", { code_verifier: "b".repeat(43) }],
  ["with no verifier", { code_verifier: "" }],
  ["unknown", { code: "x" }],
  ["missing", { code: "" }],
])("a code that is %s is refused, and still good afterwards", async (_what, changes) => {
  const { getCode, exchange } = await createClientKit();
  const code = await getCode();
  expect(await exchange(code, changes as Record<string, string>)).toMatchObject({
    status: 400,
    body: { error: "invalid_grant" },
  });
  expect((await exchange(code)).status).toBe(200);
});

it("a code lives for a minute", async () => {
  const { issuer, getCode, exchange } = await createClientKit();
  const code = await getCode();
  issuer.clock.advance("60s");
  expect(await exchange(code)).toMatchObject({ body: { error: "invalid_grant" } });
});

it("a confidential client proves who it is", async () => {
  const { getCode, exchange } = await createClientKit();
  const client_id = "service";
  const code = await getCode({ client_id });
  expect(await exchange(code, { client_id })).toMatchObject({ status: 401 });
  expect(await exchange(code, { client_id, client_secret: secret })).toMatchObject({ status: 200 });
});

it("an ID token says who logged in, where openid is granted", async () => {
  const { issuer, getCode, exchange } = await createClientKit();
  const { body } = await exchange(await getCode({ scope: "openid read", nonce: "n-1" }));
  const now = Math.floor(issuer.clock.now() / 1000);
  expect(decodeJwt(String(body.id_token))).toMatchObject({
    ...{ iss: issuer.url, sub: "ada", aud: "app", nonce: "n-1" },
    ...{ iat: now, exp: now + 300, auth_time: now },
  });
});

it.each([
  ["ES256", "sha256"],
  ["EdDSA", "sha512"],
] as const)("signed with %s it holds half the %s of the access token", async (algorithm, name) => {
  const { getCode, exchange } = await createClientKit({ algorithm });
  const { body } = await exchange(await getCode({ scope: "openid" }));
  // OpenID Connect Core §3.1.3.6; Ed25519 hashes with SHA-512.
  const digest = createHash(name).update(String(body.access_token)).digest();
  const half = digest.subarray(0, digest.length / 2).toString("base64url");
  expect(decodeJwt(String(body.id_token)).at_hash).toBe(half);
});

it("the access token is for the resource that the client names (RFC 8707)", async () => {
  const { getCode, exchange } = await createClientKit();
  const { body } = await exchange(await getCode({ resource: "https://stock.test" }));
  expect(decodeJwt(String(body.access_token)).aud).toBe("https://stock.test");
});

it("a code that is bound to a key needs its proof (RFC 9449 §10)", async () => {
  const { issuer, getCode } = await createClientKit();
  const send = async (code: string, key?: Awaited<ReturnType<typeof generateProofKey>>) => {
    const url = `${issuer.url}/token`;
    const proof = key && {
      dpop: await createDpopProof({ key, method: "POST", url, now: issuer.clock.now() }),
    };
    const form = { grant_type: "authorization_code", client_id: "app", code };
    const rest = {
      redirect_uri: redirectUri,
      code_verifier: verifier,
    };
    const body = new URLSearchParams({ ...form, ...rest });
    const answer = await issuer.fetch(url, { method: "POST", body, headers: { ...proof } });
    return (await answer.json()) as Record<string, string>;
  };
  const [mine, anothers] = await Promise.all([generateProofKey(), generateProofKey()]);
  const dpop_jkt = await calculateJwkThumbprint(await exportJWK(mine.publicKey));
  const code = await getCode({ dpop_jkt });
  expect(await send(code)).toMatchObject({ error: "invalid_grant" });
  expect(await send(code, anothers)).toMatchObject({ error: "invalid_grant" });
  expect(await send(code, mine)).toMatchObject({ token_type: "DPoP" });
});
