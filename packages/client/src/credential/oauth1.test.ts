import {
  createGuard,
  createMemoryReplays,
  oauth1 as oauth1Scheme,
  type OAuth1Options as ServerOptions,
} from "@countersign/core";
import { protect } from "@countersign/core/web";
import { rsaSha1 } from "@countersign/core/wire";
import type { CryptoKey } from "jose";
import { describe, expect, test } from "vitest";
import { fakeFetch } from "../../fixtures/fake-fetch.ts";
import { createAuthFetch } from "../fetch/create-auth-fetch.ts";
import { type OAuth1Options, oauth1 } from "./oauth1.ts";

const origin = "https://api.example.com";
const consumer = { consumerKey: "printer", consumerSecret: "marked-consumer" };
const token = { value: "marked-token", secret: "marked-token-secret" };
const rsa = (await crypto.subtle.generateKey(
  { ...rsaSha1, modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) },
  true,
  ["sign", "verify"],
)) as { privateKey: CryptoKey; publicKey: CryptoKey };

/** A guard of ours that answers with who called, and what was sent. */
async function serve(options: Partial<ServerOptions> = {}) {
  const spki = new Uint8Array(await crypto.subtle.exportKey("spki", rsa.publicKey));
  const pem = `-----BEGIN PUBLIC KEY-----\n${btoa(String.fromCharCode(...spki))}\n-----END PUBLIC KEY-----`;
  const scheme = oauth1Scheme({
    consumers: {
      find: (key) =>
        key === "printer" ? { subject: key, secret: "marked-consumer", publicKey: pem } : undefined,
    },
    tokens: {
      find: (value) =>
        value === token.value ? { subject: "ada", secret: "marked-token-secret" } : undefined,
    },
    replays: createMemoryReplays(),
    signatureMethods: ["HMAC-SHA256", "HMAC-SHA1", "RSA-SHA1", "PLAINTEXT"],
    ...options,
  });
  const guard = createGuard({ publicUrl: origin, schemes: [scheme] });
  const connection = () => ({ secure: true });
  return protect(guard, async (request) => new Response(await request.text()), undefined, {
    connection,
  });
}

async function setUp(options: OAuth1Options) {
  const api = await serve();
  const fetch = fakeFetch((request) => api(request));
  const credential = oauth1(options);
  return { fetch, api: createAuthFetch({ origins: [origin], credential, fetch }) };
}

describe.each<[string, OAuth1Options]>([
  ["HMAC-SHA256, by default", consumer],
  ["HMAC-SHA1", { ...consumer, signatureMethod: "HMAC-SHA1" }],
  ["PLAINTEXT", { ...consumer, signatureMethod: "PLAINTEXT" }],
  ["RSA-SHA1", { consumerKey: "printer", signatureMethod: "RSA-SHA1", privateKey: rsa.privateKey }],
  ["a token", { ...consumer, token }],
  ["the query", { ...consumer, token, place: "query" }],
])("a guard takes %s", (_, options) => {
  test.each<[string, string, RequestInit | undefined]>([
    ["a plain call", "/orders", undefined],
    ["a query that needs care", "/o%20r/%7E?b=2&a=%C3%A4+x&a=&c", undefined],
    ["JSON", "/orders", { method: "POST", body: '{"a":1}' }],
    [
      "a form",
      "/orders?x=1",
      { method: "POST", body: new URLSearchParams({ a: "b c", z: "\u00e4" }) },
    ],
    ["an empty form", "/orders", { method: "POST", body: new URLSearchParams() }],
  ])("%s", async (_, path, init) => {
    const { api } = await setUp(options);
    const answer = await api(`${origin}${path}`, init);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe(String(init?.body ?? ""));
  });

  test("each call is signed anew", async () => {
    const { api } = await setUp(options);
    expect([(await api(`${origin}/`)).status, (await api(`${origin}/`)).status]).toEqual([
      200, 200,
    ]);
  });
});

test("a form in a stream is told before anything is sent", async () => {
  const { api, fetch } = await setUp(consumer);
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const body = new Blob(["a=b"]).stream();
  const call = api(`${origin}/`, { method: "POST", body, headers });
  await expect(call).rejects.toMatchObject({ code: "not_replayable" });
  expect(fetch.requests).toHaveLength(0);
});

test.each([
  ["the query", "/?a=%FF", undefined],
  ["the form", "/", "a=%FF"],
])("%s that is no UTF-8 is not signed", async (_, path, body) => {
  const { api, fetch } = await setUp(consumer);
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const call = api(`${origin}${path}`, body ? { method: "POST", body, headers } : {});
  await expect(call).rejects.toMatchObject({ code: "unsendable_credential" });
  expect(fetch.requests).toHaveLength(0);
});

test("takes the time from the clock", async () => {
  const fetch = fakeFetch(() => new Response());
  const clock = { now: () => 137_131_200_999 };
  await createAuthFetch({ origins: [origin], credential: oauth1(consumer), fetch, clock })(
    `${origin}/`,
  );
  expect(fetch.requests[0]?.headers.get("authorization")).toContain('oauth_timestamp="137131200"');
});

test.each<[string, OAuth1Options]>([
  ["no consumer key", { ...consumer, consumerKey: "" }],
  ["an unknown method", { ...consumer, signatureMethod: "HMAC-MD5" as never }],
  ["a public key", { consumerKey: "p", signatureMethod: "RSA-SHA1", privateKey: rsa.publicKey }],
])("refuses %s", (_, options) => {
  expect(() => oauth1(options)).toThrow(/^oauth1: /);
});

test("PLAINTEXT shows the secrets, so it is made for nobody who could be overheard", async () => {
  const credential = oauth1({ ...consumer, signatureMethod: "PLAINTEXT" });
  const attach = async (address: string) => {
    const url = new URL(address);
    const request = { method: "GET", url, replayable: true, header: () => undefined };
    return credential.attach(
      { ...request, body: () => undefined },
      { signal: undefined, now: Date.now },
    );
  };
  await expect(attach("http://api.example.com/")).rejects.toMatchObject({ name: "ClientError" });
  expect((await attach("http://localhost:8080/")).headers).toHaveProperty("authorization");
  expect((await attach("https://api.example.com/")).headers).toHaveProperty("authorization");
});

test("has the server's time: a clock that is wrong costs one retry", async () => {
  const server = 1_700_003_600;
  const fetch = fakeFetch(({ headers }) => {
    const [, stamp] = /oauth_timestamp="(\d+)"/.exec(headers.get("authorization") ?? "") ?? [];
    const date = new Date(server * 1000).toUTCString();
    return new Response(null, { status: Number(stamp) === server ? 200 : 401, headers: { date } });
  });
  const clock = { now: () => 1_700_000_000_000 };
  const api = createAuthFetch({ origins: [origin], credential: oauth1(consumer), fetch, clock });
  expect((await api(`${origin}/`)).status).toBe(200);
  expect((await api(`${origin}/`)).status).toBe(200);
  expect(fetch.requests).toHaveLength(3);
});
