import { describe, expect, test } from "vitest";
import { toAnswer } from "../guard/answer.ts";
import { createGuard } from "../guard/create-guard.ts";
import { makeRequest } from "../guard/made-request.fixture.ts";
import { fresh } from "../requirement/fresh.ts";
import { createMemoryReplays } from "../state/replay.ts";
import { type OAuth1Options, oauth1 } from "./oauth1.ts";
import {
  formType,
  guardWith,
  inForm,
  inHeader,
  now,
  type Signing,
  say,
  sign,
  tokens,
  url,
} from "./signing.fixture.ts";

describe("accepts", () => {
  test.each(["HMAC-SHA256", "HMAC-SHA1", "RSA-SHA1"] as const)("%s", async (method) => {
    const consumerKey = method === "RSA-SHA1" ? "signer" : "printer";
    expect(await say(guardWith(), { headers: inHeader(await sign({ method, consumerKey })) })).toBe(
      "accepted",
    );
  });

  test("a consumer that acts for itself", async () => {
    const verdict = await guardWith().check(makeRequest({ url, headers: inHeader(await sign()) }));
    if (verdict.kind !== "accepted") throw new Error(verdict.reason);
    expect(verdict.principal).toMatchObject({
      scheme: "oauth1",
      subject: "printer-inc",
      clientId: "printer",
      scopes: ["photos:list"],
      authenticatedAt: undefined,
    });
    expect(Object.isFrozen(verdict.principal)).toBe(true);
  });

  test("a consumer with a user's token, who is the one that counts", async () => {
    const parameters = await sign({
      with: { oauth_token: "nnch734d00sl2jdk" },
      tokenSecret: "pfkkdhi9sl3r4s00",
    });
    const request = makeRequest({ url, headers: inHeader(parameters) });
    const verdict = await guardWith({ tokens }).check(request);
    if (verdict.kind !== "accepted") throw new Error(verdict.reason);
    const { subject, clientId, scopes } = verdict.principal;
    expect({ subject, clientId, scopes }).toEqual({
      subject: "ada",
      clientId: "printer",
      scopes: ["photos:read"],
    });
  });

  test("a secret in a Secret; an empty token, which is none; no version; other parameters", async () => {
    for (const signing of [
      { consumerKey: "veiled" },
      { with: { oauth_token: "" } },
      { with: { oauth_version: undefined } },
      { with: { oauth_callback: "oob", "X-Vendor": "a b" } },
    ]) {
      expect(await say(guardWith(), { headers: inHeader(await sign(signing)) })).toBe("accepted");
    }
  });

  test("parameters in the query", async () => {
    const parameters = await sign();
    const signed = `${url}&${inForm(parameters)}`;
    expect(await say(guardWith(), { url: signed })).toBe("accepted");
  });

  test("parameters in a form body", async () => {
    const parameters = await sign({ httpMethod: "POST", form: "title=My+photo" });
    const content = `title=My+photo&${inForm(parameters)}`;
    const post = { method: "POST", headers: formType, content };
    expect(await say(guardWith(), post)).toBe("accepted");
    expect(await say(guardWith(), { ...post, content: content.replace("My", "Your") })).toBe(
      "oauth1_signature_invalid",
    );
  });

  test("encoded parameters in any order, however they were encoded", async () => {
    const parameters = await sign({ url: "https://api.example.com/p?a=x%20y&b=%7E&c=%C3%A9" });
    for (const sent of ["b=~&c=%c3%a9&a=x+y", "c=%C3%A9&a=x%20y&b=%7e&"]) {
      const request = { url: `https://api.example.com/p?${sent}`, headers: inHeader(parameters) };
      expect(await say(guardWith(), request)).toBe("accepted");
    }
  });

  test("a form body that is signed along with the header, and no other kind of body", async () => {
    const form = "c2&a3=2+q";
    const headers = { ...inHeader(await sign({ httpMethod: "POST", form })), ...formType };
    const post = { method: "POST", headers, content: form };
    expect(await say(guardWith(), post)).toBe("accepted");
    expect(await say(guardWith(), { ...post, content: "c2&a3=2+r" })).toBe(
      "oauth1_signature_invalid",
    );
    const json = { ...headers, "content-type": "application/json" };
    expect(await say(guardWith(), { ...post, headers: json })).toBe("oauth1_signature_invalid");

    const unsigned = inHeader(await sign({ httpMethod: "POST" }));
    const request = makeRequest({
      url,
      method: "POST",
      headers: { ...unsigned, "content-type": "application/json" },
      content: "{}",
    });
    expect((await guardWith().check(request)).kind).toBe("accepted");
    expect(request.reads).toEqual([]);
  });

  test.each([
    "application/x-www-form-urlencoded",
    "Application/X-WWW-Form-Urlencoded ; charset=UTF-8",
    "application/x-www-form-urlencoded, text/plain",
  ])("a body of the type %s is a form", async (type) => {
    const headers = { ...inHeader(await sign({ httpMethod: "POST" })), "content-type": type };
    const post = { method: "POST", headers };
    expect(await say(guardWith(), { ...post, content: "added=1" })).toBe(
      "oauth1_signature_invalid",
    );
    expect(await say(guardWith(), post)).toBe("accepted");
  });

  test("the limits of the tolerance", async () => {
    for (const seconds of [-300, 300]) {
      const parameters = await sign({ with: { oauth_timestamp: String(now + seconds) } });
      expect(await say(guardWith(), { headers: inHeader(parameters) })).toBe("accepted");
    }
  });
});

describe("PLAINTEXT", () => {
  const plain = { signatureMethods: ["PLAINTEXT"] } as const;
  const request = async (more: Signing = {}) => ({
    headers: inHeader(await sign({ method: "PLAINTEXT", ...more })),
  });

  test("only when it is asked for", async () => {
    expect(await say(guardWith(), await request())).toBe("oauth1_not_offered");
    expect(await say(guardWith(plain), await request())).toBe("accepted");
    expect(await say(guardWith(plain), { headers: inHeader(await sign()) })).toBe(
      "oauth1_not_offered",
    );
  });

  test("only over https, or on loopback", async () => {
    const local = "http://127.0.0.1:4001";
    const insecure = { ...(await request()), secure: false };
    expect(await say(guardWith(plain), insecure)).toBe("https_required");
    expect(await say(guardWith(plain, local), insecure)).toBe("oauth1_not_offered");
    const there = { url: `${local}/photos`, headers: insecure.headers, secure: false };
    expect(await say(guardWith(plain, local), there)).toBe("accepted");
  });

  test("without nonce and timestamp, but with both if with one", async () => {
    const without = { oauth_nonce: undefined, oauth_timestamp: undefined };
    expect(await say(guardWith(plain), await request({ with: without }))).toBe("accepted");
    const one = { oauth_nonce: undefined };
    expect(await say(guardWith(plain), await request({ with: one }))).toBe("oauth1_malformed");
    const old = { oauth_timestamp: String(now - 301) };
    expect(await say(guardWith(plain), await request({ with: old }))).toBe(
      "oauth1_timestamp_refused",
    );
  });

  test("a wrong secret", async () => {
    for (const consumerSecret of ["", "J49sk3j29djd", "j49sk3j29djd&"]) {
      expect(await say(guardWith(plain), await request({ consumerSecret }))).toBe(
        "oauth1_signature_invalid",
      );
    }
  });
});

describe("what the guard says", () => {
  test("OAuth realm=… (RFC 5849 §3.5.1), and no error in it", async () => {
    const verdict = await guardWith().check(makeRequest({ url }));
    if (verdict.kind === "accepted") throw new Error("accepted");
    expect(toAnswer(verdict).headers).toContainEqual(["www-authenticate", 'OAuth realm="photos"']);
  });

  test("no login can be shown: fresh is 403", async () => {
    const request = makeRequest({ url, headers: inHeader(await sign()) });
    const verdict = await guardWith().check(request, fresh({ maxAge: 300 }));
    expect(verdict).toMatchObject({ reason: "login_impossible", status: 403 });
  });

  test("no secret, signature or query is in a verdict", async () => {
    const headers = inHeader(await sign({ consumerSecret: "planted" }));
    const planted = `${url}&api_key=planted`;
    const refused = [
      await guardWith().check(makeRequest({ url: planted, headers })),
      await guardWith().check(makeRequest({ url: planted, headers: inHeader(await sign()) })),
    ];
    const signature = /oauth_signature="([^"]+)"/.exec(headers.authorization)?.[1] ?? "?";
    expect(JSON.stringify(refused)).not.toMatch(/planted|j49sk3j29djd/);
    expect(JSON.stringify(refused)).not.toContain(decodeURIComponent(signature));
  });

  test("OpenAPI has it as an HTTP scheme", () => {
    const scheme = oauth1({ consumers: { find: () => undefined }, replays: createMemoryReplays() });
    expect(scheme.describe()).toEqual([{ type: "http", scheme: "oauth" }]);
  });
});

describe("options", () => {
  const replays = createMemoryReplays();
  const good = { consumers: { find: () => undefined }, replays };
  test.each<[string, unknown]>([
    ["consumers", { replays }],
    ["replays", { consumers: good.consumers }],
    ["tokens", { ...good, tokens: {} }],
    ["signatureMethods", { ...good, signatureMethods: [] }],
    ["signatureMethods", { ...good, signatureMethods: ["HMAC-MD5"] }],
    ["timestampTolerance", { ...good, timestampTolerance: 0 }],
    ["timestampTolerance", { ...good, timestampTolerance: Number.POSITIVE_INFINITY }],
  ])("a wrong %s is a ConfigurationError that names it", (name, options) => {
    expect(() => oauth1(options as OAuth1Options)).toThrow(name);
  });

  test("a guard without a public URL is none", () => {
    expect(() => createGuard({ schemes: [oauth1(good)] })).toThrow("publicUrl");
  });
});
