import { describe, expect, test } from "vitest";
import { makeRequest } from "../guard/made-request.fixture.ts";
import type { OAuth1Parameter } from "../wire/oauth1-parameters.ts";
import {
  formType,
  guardWith,
  inForm,
  inHeader,
  now,
  publicKey,
  type Signing,
  say,
  sign,
  tokens,
  url,
} from "./signing.fixture.ts";

describe("refuses what was changed after it was signed", () => {
  test.each([
    ["method", { method: "POST" }],
    ["host", { url: url.replace("api.", "evil.") }],
    ["scheme", { url: url.replace("https", "http") }],
    ["port", { url: url.replace(".com", ".com:8443") }],
    ["path", { url: url.replace("photos", "Photos") }],
    ["parameter", { url: url.replace("original", "small") }],
    ["parameter, added", { url: `${url}&a=1` }],
    ["parameter, doubled", { url: `${url}&size=original` }],
    ["parameter, removed", { url: url.replace("size=original&", "") }],
    ["parameter's name, in case", { url: url.replace("size", "Size") }],
  ])("another %s", async (_what, more) => {
    const headers = inHeader(await sign());
    const guard = guardWith();
    expect(await say(guard, { headers, ...more })).toBe("oauth1_signature_invalid");
    expect(await say(guard, { headers })).toBe("accepted");
  });

  test("any protocol parameter", async () => {
    const parameters = await sign({ with: { oauth_callback: "oob" } });
    for (const [at, [name, value]] of parameters.entries()) {
      if (name === "oauth_signature_method") continue;
      const other = { oauth_version: "2.0", oauth_timestamp: String(now + 1) }[name] ?? `${value}x`;
      const changed = parameters.with(at, [name, other]);
      expect(await say(guardWith(), { headers: inHeader(changed) })).toBe(
        name === "oauth_version" ? "oauth1_not_offered" : "oauth1_signature_invalid",
      );
    }
  });

  test("HMAC-SHA256 relabelled as HMAC-SHA1", async () => {
    const parameters = await sign();
    const relabelled = parameters.map(
      ([name, value]): OAuth1Parameter =>
        name === "oauth_signature_method" ? [name, "HMAC-SHA1"] : [name, value],
    );
    expect(await say(guardWith(), { headers: inHeader(relabelled) })).toBe(
      "oauth1_signature_invalid",
    );
  });
});

describe("refuses who did not sign", () => {
  test.each<[string, Signing]>([
    ["a wrong secret", { consumerSecret: "wrong" }],
    ["an unknown consumer", { consumerKey: "nobody" }],
    ["an unknown consumer without a secret", { consumerKey: "nobody", consumerSecret: "" }],
    ["an unknown consumer by RSA", { consumerKey: "nobody", method: "RSA-SHA1" }],
    ["a consumer with an empty secret", { consumerKey: "empty", consumerSecret: "" }],
    ["a consumer without secret or key", { consumerKey: "none", consumerSecret: "" }],
    ["a consumer without secret or key, by RSA", { consumerKey: "none", method: "RSA-SHA1" }],
    ["a public key as a secret", { consumerKey: "signer", consumerSecret: publicKey }],
    ["no secret where there is a public key", { consumerKey: "signer", consumerSecret: "" }],
    ["RSA where there is a secret", { method: "RSA-SHA1" }],
    ["a token where none is taken", { with: { oauth_token: "nnch734d00sl2jdk" } }],
  ])("%s", async (_what, signing) => {
    expect(await say(guardWith(), { headers: inHeader(await sign(signing)) })).toBe(
      "oauth1_signature_invalid",
    );
  });

  test.each<[string, Signing]>([
    ["an unknown token", { with: { oauth_token: "unknown" } }],
    [
      "a token with a wrong secret",
      { with: { oauth_token: "nnch734d00sl2jdk" }, tokenSecret: "x" },
    ],
    ["a token without its secret", { with: { oauth_token: "nnch734d00sl2jdk" } }],
    [
      "another consumer's token",
      {
        consumerKey: "veiled",
        with: { oauth_token: "nnch734d00sl2jdk" },
        tokenSecret: "pfkkdhi9sl3r4s00",
      },
    ],
  ])("%s", async (_what, signing) => {
    expect(await say(guardWith({ tokens }), { headers: inHeader(await sign(signing)) })).toBe(
      "oauth1_signature_invalid",
    );
  });

  test("unknown consumers and tokens cost what known ones do", async () => {
    const asked: string[] = [];
    const guard = guardWith({
      consumers: { find: (key) => void asked.push(key) },
      tokens: { find: (token) => void asked.push(token) },
    });
    const original = crypto.subtle.sign;
    let signatures = 0;
    const parameters = await sign({ consumerKey: "nobody", with: { oauth_token: "t" } });
    crypto.subtle.sign = (...given) => {
      signatures++;
      return original.apply(crypto.subtle, given);
    };
    await say(guard, { headers: inHeader(parameters) }).finally(() => {
      crypto.subtle.sign = original;
    });
    expect(asked).toEqual(["nobody", "t"]);
    expect(signatures).toBe(1);
  });

  test("a key that cannot be used was stored wrongly: an outage, no refusal", async () => {
    for (const consumerKey of ["weak", "elliptic", "broken"]) {
      const headers = inHeader(await sign({ consumerKey, method: "RSA-SHA1" }));
      expect(await say(guardWith(), { headers })).toBe("store_unavailable");
    }
  });
});

describe("malformed, 400", () => {
  test.each<[string, Signing["with"]]>([
    ["no consumer", { oauth_consumer_key: undefined }],
    ["an empty consumer", { oauth_consumer_key: "" }],
    ["no method", { oauth_signature_method: undefined }],
    ["no nonce", { oauth_nonce: undefined }],
    ["an empty nonce", { oauth_nonce: "" }],
    ["neither nonce nor timestamp", { oauth_nonce: undefined, oauth_timestamp: undefined }],
    ["no timestamp", { oauth_timestamp: undefined }],
    ["a timestamp of zero", { oauth_timestamp: "0" }],
    ["a negative timestamp", { oauth_timestamp: "-1" }],
    ["a timestamp with a leading zero", { oauth_timestamp: `0${now}` }],
    ["a timestamp with a fraction", { oauth_timestamp: `${now}.5` }],
    ["a timestamp in milliseconds", { oauth_timestamp: `${now}000` }],
    ["a timestamp that is no number", { oauth_timestamp: "now" }],
    ["a timestamp beyond numbers", { oauth_timestamp: "1e400" }],
  ])("%s", async (_what, changes) => {
    const headers = inHeader(await sign({ with: changes ?? {} }));
    expect(await say(guardWith(), { headers })).toBe("oauth1_malformed");
  });

  test("no signature, or an empty one", async () => {
    const parameters = await sign();
    const guard = guardWith();
    const bare = inHeader(parameters.slice(0, -1));
    expect(await say(guard, { headers: bare })).toBe("oauth1_malformed");
    const empty = inHeader(parameters.with(-1, ["oauth_signature", ""]));
    expect(await say(guard, { headers: empty })).toBe("oauth1_malformed");
  });

  test.each(["OAuth", "OAuth abc", 'OAuth realm="photos"', "OAuth oauth_nonce=%", 'OAuth a="'])(
    "%s",
    async (authorization) => {
      const reason = await say(guardWith(), { headers: { authorization } });
      expect(["oauth1_malformed", "credential_malformed"]).toContain(reason);
      const verdict = await guardWith().check(makeRequest({ url, headers: { authorization } }));
      expect(verdict).toMatchObject({ status: 400 });
    },
  );

  test("a signature or a consumer alone, in the query", async () => {
    for (const alone of ["oauth_signature=x", "oauth_consumer_key=printer"]) {
      expect(await say(guardWith(), { url: `${url}&${alone}` })).toBe("oauth1_malformed");
    }
  });

  test("a protocol parameter twice, in one place", async () => {
    const parameters = await sign();
    for (const parameter of parameters) {
      const doubled = [...parameters, parameter];
      expect(await say(guardWith(), { headers: inHeader(doubled) })).toBe("oauth1_malformed");
      expect(await say(guardWith(), { url: `${url}&${inForm(doubled)}` })).toBe("oauth1_malformed");
      const post = { method: "POST", headers: formType, content: inForm(doubled) };
      expect(await say(guardWith(), post)).toBe("oauth1_malformed");
    }
  });

  test("protocol parameters in two places, whichever and whatever", async () => {
    const parameters = await sign();
    for (const other of ["oauth_nonce=x", "oauth_verifier=x", inForm(parameters)]) {
      const headers = inHeader(parameters);
      expect(await say(guardWith(), { url: `${url}&${other}`, headers })).toBe("oauth1_malformed");
      const post = { method: "POST", content: other };
      expect(await say(guardWith(), { ...post, headers: { ...headers, ...formType } })).toBe(
        "oauth1_malformed",
      );
      const inQuery = { ...post, headers: formType, url: `${url}&${inForm(parameters)}` };
      expect(await say(guardWith(), inQuery)).toBe("oauth1_malformed");
    }
  });

  test("a query or a form that is no UTF-8", async () => {
    const headers = inHeader(await sign());
    expect(await say(guardWith(), { headers, url: `${url}&a=%FF` })).toBe("oauth1_malformed");
    const post = { method: "POST", headers: { ...headers, ...formType } };
    for (const content of ["a=%FF", "a=%", Uint8Array.of(0x61, 0x3d, 0xff)]) {
      expect(await say(guardWith(), { ...post, content })).toBe("oauth1_malformed");
    }
  });

  test("a form over 1 MiB is 413", async () => {
    const headers = { ...inHeader(await sign()), ...formType };
    const content = new Uint8Array(1024 * 1024 + 1).fill(0x61);
    const request = makeRequest({ url, method: "POST", headers, content });
    const verdict = await guardWith().check(request);
    expect(verdict).toMatchObject({ reason: "body_too_large", status: 413 });
    expect(request.reads).toEqual([1024 * 1024]);
  });
});
