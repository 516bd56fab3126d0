import { rsaSha1 } from "@countersign/core/wire";
import { beforeAll, describe, expect, test } from "vitest";
import type { Credential } from "../credential/credential.ts";
import { oauth1 } from "../credential/oauth1.ts";
import { oauth1Login } from "../credential/oauth1-login.ts";
import { createAuthFetch } from "../fetch/create-auth-fetch.ts";
import type { Fetch } from "../fetch/fetch.ts";
import {
  consumer,
  hasProvider,
  howToGetProvider,
  serveProvider,
} from "./oauth1-provider.fixture.ts";

const { consumerKey, consumerSecret, accessToken, accessTokenSecret } = consumer;
const token = { value: accessToken, secret: accessTokenSecret };

const pem = consumer.privateKey.replace(/-----[A-Z ]+-----|\s/g, "");
const privateKey = await crypto.subtle.importKey(
  "pkcs8",
  Buffer.from(pem, "base64"),
  rsaSha1,
  false,
  ["sign"],
);

const methods = {
  "HMAC-SHA1": { consumerSecret, signatureMethod: "HMAC-SHA1" },
  "HMAC-SHA256": { consumerSecret, signatureMethod: "HMAC-SHA256" },
  PLAINTEXT: { consumerSecret, signatureMethod: "PLAINTEXT" },
  "RSA-SHA1": { privateKey, signatureMethod: "RSA-SHA1" },
} as const;
const names = Object.keys(methods) as (keyof typeof methods)[];

describe.skipIf(!hasProvider)(`OAuth 1.0a at oauthlib (${howToGetProvider})`, () => {
  let origin: string;
  beforeAll(async () => {
    const provider = await serveProvider();
    origin = provider.origin;
    return provider.end;
  });

  describe.each(names)("%s", (name) => {
    const credential = () => oauth1({ consumerKey, token, ...methods[name] });

    test.each<[string, string, RequestInit]>([
      ["a GET", "/", {}],
      ["a query", "/orders?b=2&a=1&a=%20x+y&empty=&%C3%BC=%26", {}],
      ["an encoded path", "/or%20ders/a%2Fb;c=d/'(x)!*", {}],
      [
        "JSON",
        "/?a=b",
        { method: "POST", body: '{"a":"b"}', headers: { "content-type": "application/json" } },
      ],
      ["a form", "/?a=b", { method: "POST", body: new URLSearchParams("b=c d&a=ü%26&b=1&e=") }],
      ["a form by PUT", "/", { method: "PUT", body: new URLSearchParams({ a: "1" }) }],
    ])("admits %s", async (_, path, init) => {
      const api = createAuthFetch({ origins: [origin], credential: credential() });
      const answer = await api(origin + path, init);
      expect([answer.status, await answer.text()]).toEqual([200, "admitted"]);
    });

    test("a login in three steps gives a token that is admitted", async () => {
      const at = {
        requestTokenUrl: `${origin}/request-token`,
        authorizeUrl: `${origin}/authorize`,
        accessTokenUrl: `${origin}/access-token`,
      };
      const login = oauth1Login({ consumerKey, ...methods[name], ...at });
      const pending = await login.start("https://app.example.com/callback?x=1");
      // The user consents, and the provider sends the browser back.
      const consent = await fetch(pending.url, { redirect: "manual" });
      const callback = new URL(consent.headers.get("location") ?? "");
      const got = await login.finish(pending, callback);
      const mine = oauth1({ consumerKey, token: got, ...methods[name] });
      const answer = await createAuthFetch({ origins: [origin], credential: mine })(
        `${origin}/orders`,
      );
      expect(await answer.text()).toBe("admitted");
      // A temporary credential is good for one exchange.
      await expect(login.finish(pending, callback)).rejects.toMatchObject({ code: "login_failed" });
    });
  });

  test("in the query", async () => {
    const credential = oauth1({ consumerKey, consumerSecret, token, place: "query" });
    const answer = await createAuthFetch({ origins: [origin], credential })(`${origin}/orders?a=1`);
    expect(await answer.text()).toBe("admitted");
  });

  test("a replayed request is refused", async () => {
    const twice: Fetch = async (url, init) => {
      await fetch(url, init);
      return fetch(url, init);
    };
    const credential = oauth1({ consumerKey, consumerSecret, token });
    const api = createAuthFetch({ origins: [origin], credential, fetch: twice });
    expect((await api(`${origin}/orders`)).status).toBe(401);
  });

  const changes: [
    what: string,
    (url: string, init: RequestInit, headers: Headers) => [string, RequestInit],
  ][] = [
    ["method", (url, init) => [url, { ...init, method: "PUT" }]],
    ["path", (url, init) => [url.replace("orders", "orderz"), init]],
    ["query", (url, init) => [url.replace("a=1", "a=2"), init]],
    ["form", (url, init) => [url, { ...init, body: "b=3" }]],
    ["signature", changed(/oauth_signature="./)],
    ["nonce", changed(/oauth_nonce="./)],
    ["timestamp", changed(/oauth_timestamp="\d{10}/)],
    ["consumer key", changed(/oauth_consumer_key="./)],
    ["token", changed(/oauth_token="./)],
    ["method's name", changed(/oauth_signature_method="./)],
  ];
  describe.each(["HMAC-SHA1", "HMAC-SHA256", "RSA-SHA1"] as const)("%s", (name) => {
    test.each(changes)("one byte of its %s changed, a request is refused", async (_, change) => {
      const send: Fetch = (url, init = {}) => {
        const [address, rest] = change(String(url), init, new Headers(init.headers));
        return fetch(address, rest);
      };
      const credential = oauth1({ consumerKey, token, ...methods[name] });
      const body = new URLSearchParams({ b: "2" });
      const call = (fetch: Fetch) =>
        createAuthFetch({ origins: [origin], credential, fetch })(`${origin}/orders?a=1`, {
          method: "POST",
          body,
        });
      expect((await call(send)).status).toBe(401);
      expect((await call(fetch)).status).toBe(200);
    });
  });

  test.each<[what: string, wrong: object]>([
    ["consumer secret", { consumerSecret: `${consumerSecret}.` }],
    ["token secret", { token: { ...token, secret: `${accessTokenSecret}.` } }],
    ["consumer key", { consumerKey: "somebody" }],
    ["token", { token: { ...token, value: "something" } }],
  ])("a wrong %s is refused", async (_, wrong) => {
    for (const signatureMethod of ["HMAC-SHA1", "HMAC-SHA256", "PLAINTEXT"] as const) {
      const options = { consumerKey, consumerSecret, token, signatureMethod, ...wrong };
      const credential: Credential = oauth1(options);
      const api = createAuthFetch({ origins: [origin], credential });
      expect((await api(`${origin}/orders`)).status).toBe(401);
    }
  });
});

/** Changes the last byte of a part of Authorization. */
function changed(where: RegExp) {
  return (url: string, init: RequestInit, headers: Headers): [string, RequestInit] => {
    const value = headers.get("authorization") ?? "";
    const flip = (text: string) => text.slice(0, -1) + (text.endsWith("0") ? "1" : "0");
    headers.set("authorization", value.replace(where, flip));
    return [url, { ...init, headers }];
  };
}
