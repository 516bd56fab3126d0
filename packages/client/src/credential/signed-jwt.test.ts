import { createJwtVerifier } from "@countersign/core";
import { decodeJwt, exportJWK, generateKeyPair } from "jose";
import { describe, expect, test, vi } from "vitest";
import { fakeFetch } from "../../fixtures/fake-fetch.ts";
import { createAuthFetch } from "../fetch/create-auth-fetch.ts";
import { type SignedJwtOptions, signedJwt } from "./signed-jwt.ts";

const audience = "https://api.example.com";
const { privateKey, publicKey } = await generateKeyPair("ES256");

function setUp(options: Partial<SignedJwtOptions> = {}, status = 200) {
  let now = 1_700_000_000_000;
  const clock = {
    now: () => now,
    advance: (seconds: number) => {
      now += seconds * 1000;
    },
  };
  const fetch = fakeFetch(() => new Response(null, { status }));
  const credential = signedJwt({ issuer: "billing", audience, key: privateKey, ...options });
  const api = createAuthFetch({ origins: [audience], credential, fetch, clock });
  const tokens = () =>
    fetch.requests.map(({ headers }) => headers.get("authorization")?.replace("Bearer ", "") ?? "");
  return { clock, tokens, call: () => api(`${audience}/orders`) };
}

describe.each(["ES256", "ES384", "ES512", "EdDSA", "RS256", "PS256"])("%s", (algorithm) => {
  test("a verifier of ours takes the token", async () => {
    const pair = await generateKeyPair(algorithm);
    const { call, tokens, clock } = setUp({
      key: pair.privateKey,
      keyId: "k",
      claims: { a: 1, iss: "x" },
    });
    await call();
    const jwks = { keys: [{ ...(await exportJWK(pair.publicKey)), kid: "k", alg: algorithm }] };
    const algorithms = [algorithm as "ES256"];
    const verifier = createJwtVerifier({ issuer: "billing", audience, jwks, algorithms, clock });
    const { claims } = await verifier.verify(tokens()[0] ?? "");
    expect(claims).toMatchObject({ iss: "billing", sub: "billing", a: 1, exp: 1_700_000_300 });
  });
});

test("one token for all calls until half of its life is over", async () => {
  const { call, tokens, clock } = setUp({ lifetime: 60 });
  await Promise.all([call(), call()]);
  clock.advance(29);
  await call();
  expect(new Set(tokens()).size).toBe(1);
  clock.advance(1);
  await call();
  expect(new Set(tokens()).size).toBe(2);
  clock.advance(-3600);
  await call();
  expect(new Set(tokens()).size).toBe(3);
});

test("a refused token is replaced, once a call", async () => {
  const { call, tokens } = setUp({}, 401);
  expect((await call()).status).toBe(401);
  expect(tokens()).toHaveLength(2);
  expect(new Set(tokens()).size).toBe(2);
});

test.each<[string, Partial<SignedJwtOptions>]>([
  ["a public key", { key: publicKey }],
  ["no issuer", { issuer: "" }],
  ["no audience", { audience: "" }],
  ["a lifetime of nothing", { lifetime: 0 }],
])("refuses %s", (_, options) => {
  expect(() => setUp(options)).toThrow(/^signedJwt: /);
});

test("a late refusal of an old token does not end the new one", async () => {
  const late = Promise.withResolvers<Response>();
  const sent: string[] = [];
  const fetch = fakeFetch(({ headers }, nth) => {
    sent.push(headers.get("authorization") ?? "");
    return nth === 1 ? late.promise : new Response();
  });
  let now = 1_700_000_000_000;
  const credential = signedJwt({ issuer: "billing", audience, key: privateKey });
  const options = { origins: [audience], credential, fetch, clock: { now: () => now } };
  const api = createAuthFetch(options);
  const first = api(`${audience}/slow`);
  await vi.waitFor(() => expect(sent).toHaveLength(1));
  now += 200_000;
  await api(`${audience}/quick`);
  late.resolve(new Response(null, { status: 401 }));
  expect((await first).status).toBe(200);
  await api(`${audience}/next`);
  expect(sent[1]).not.toBe(sent[0]);
  expect(sent.slice(2)).toEqual([sent[1], sent[1]]);
});

test("has the server's time: a clock that is wrong costs one retry", async () => {
  const ahead = 3_600_000;
  const now = 1_700_000_000_000;
  const fetch = fakeFetch(({ headers }) => {
    const { iat = 0 } = decodeJwt(headers.get("authorization")?.replace("Bearer ", "") ?? "");
    const date = new Date(now + ahead).toUTCString();
    return new Response(null, {
      status: iat * 1000 === now + ahead ? 200 : 401,
      headers: { date },
    });
  });
  const credential = signedJwt({ issuer: "billing", audience, key: privateKey });
  const api = createAuthFetch({
    origins: [audience],
    credential,
    fetch,
    clock: { now: () => now },
  });
  expect((await api(`${audience}/`)).status).toBe(200);
  expect((await api(`${audience}/`)).status).toBe(200);
  expect(fetch.requests).toHaveLength(3);
});
