import { generateKeyPairSync } from "node:crypto";
import { beforeEach, describe, expect, test } from "vitest";
import { apiKey } from "../api-key/api-key.ts";
import { toAnswer } from "../guard/answer.ts";
import { createGuard } from "../guard/create-guard.ts";
import type { Guard } from "../guard/guard.ts";
import { makeRequest } from "../guard/made-request.fixture.ts";
import type { Principal } from "../guard/principal.ts";
import { fresh } from "../requirement/fresh.ts";
import { scope } from "../requirement/scope.ts";
import { createMemoryApiKeys } from "../state/memory-api-keys.ts";
import { createMemoryReplays } from "../state/replay.ts";
import { oauth1BaseString } from "../wire/oauth1-base-string.ts";
import {
  formatOAuth1Header,
  type OAuth1Parameter,
  parseFormParameters,
} from "../wire/oauth1-parameters.ts";
import {
  type OAuth1SecretMethod,
  rsaSha1,
  signOAuth1,
  signOAuth1Rsa,
} from "../wire/oauth1-signature.ts";
import { toSecret } from "../wire/secret.ts";
import { type OAuth1Options, oauth1 } from "./oauth1.ts";

const clock = { time: 0, now: () => clock.time };
const now = 1_700_000_000;
beforeEach(() => {
  clock.time = now * 1000;
});

const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
const privateKey = await crypto.subtle.importKey(
  "pkcs8",
  pair.privateKey.export({ format: "der", type: "pkcs8" }),
  rsaSha1,
  false,
  ["sign"],
);
const publicKey = pair.publicKey.export({ format: "pem", type: "spki" }).toString();
const weak = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey;
const elliptic = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey;

const secret = "j49sk3j29djd";
const consumers = new Map<string, object>([
  ["printer", { subject: "printer-inc", secret, scopes: ["photos:list"] }],
  ["veiled", { subject: "veiled-inc", secret: toSecret(secret) }],
  ["signer", { subject: "signer-inc", publicKey }],
  ["empty", { subject: "empty-inc", secret: "" }],
  ["none", { subject: "none-inc" }],
  ["weak", { subject: "weak", publicKey: weak.export({ format: "pem", type: "spki" }) }],
  ["elliptic", { subject: "ec", publicKey: elliptic.export({ format: "pem", type: "spki" }) }],
  ["broken", { subject: "broken", publicKey: "-----BEGIN" }],
]);
const tokens = {
  find: (token: string, consumerKey: string) =>
    token === "nnch734d00sl2jdk" && consumerKey === "printer"
      ? { subject: "ada", secret: "pfkkdhi9sl3r4s00", scopes: ["photos:read"] }
      : undefined,
};

function guardWith(options: Partial<OAuth1Options> = {}, publicUrl = "https://api.example.com") {
  const replays = createMemoryReplays({ clock });
  const find = (key: string) => consumers.get(key) as never;
  const schemes = [oauth1({ consumers: { find }, replays, ...options })];
  return createGuard({ realm: "photos", clock, publicUrl, schemes });
}
type AnyGuard = ReturnType<typeof guardWith>;

interface Signing {
  readonly method?: OAuth1SecretMethod | "RSA-SHA1";
  readonly httpMethod?: string;
  readonly url?: string;
  readonly form?: string;
  readonly consumerKey?: string;
  readonly consumerSecret?: string;
  readonly tokenSecret?: string;
  /** Changes to the protocol parameters before they are signed; `undefined` leaves one out. */
  readonly with?: Readonly<Record<string, string | undefined>>;
}

let nonces = 0;
const url = "https://api.example.com/photos?size=original&file=vacation.jpg";

/** The protocol parameters of a request, as a client signs them. */
async function sign(signing: Signing = {}): Promise<OAuth1Parameter[]> {
  const { method = "HMAC-SHA256", httpMethod = "GET", form = "" } = signing;
  const { consumerKey = "printer", consumerSecret = secret, tokenSecret } = signing;
  const protocol = Object.entries({
    oauth_consumer_key: consumerKey,
    oauth_signature_method: method,
    oauth_timestamp: String(clock.time / 1000),
    oauth_nonce: `n${++nonces}`,
    oauth_version: "1.0",
    ...signing.with,
  }).filter((parameter): parameter is [string, string] => parameter[1] !== undefined);
  const parameters = [...protocol, ...(parseFormParameters(form) ?? [])];
  const base = oauth1BaseString({ method: httpMethod, url: signing.url ?? url, parameters }) ?? "";
  const signature =
    method === "RSA-SHA1"
      ? await signOAuth1Rsa(base, privateKey)
      : await signOAuth1(method, base, { consumerSecret, tokenSecret });
  return [...protocol, ["oauth_signature", signature]];
}

const formType = { "content-type": "application/x-www-form-urlencoded" };
const inHeader = (parameters: readonly OAuth1Parameter[]) => ({
  authorization: `OAuth realm="photos", ${formatOAuth1Header(parameters)}`,
});
const inForm = (parameters: readonly OAuth1Parameter[]) =>
  new URLSearchParams(
    parameters.map(([name, value]): [string, string] => [name, value]),
  ).toString();

async function say(guard: AnyGuard, more: Parameters<typeof makeRequest>[0] = {}) {
  const verdict = await guard.check(makeRequest({ url, ...more }));
  return verdict.kind === "accepted" ? "accepted" : verdict.reason;
}

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

describe("time and replays", () => {
  test.each([-301, 301])("a timestamp %i s away", async (seconds) => {
    const parameters = await sign({ with: { oauth_timestamp: String(now + seconds) } });
    expect(await say(guardWith(), { headers: inHeader(parameters) })).toBe(
      "oauth1_timestamp_refused",
    );
    const patient = guardWith({ timestampTolerance: 301 });
    expect(await say(patient, { headers: inHeader(parameters) })).toBe("accepted");
  });

  test.each([-300, 0, 300])(
    "a replay of what was signed %i s from now, until its timestamp is too old",
    async (seconds) => {
      const guard = guardWith();
      const parameters = await sign({ with: { oauth_timestamp: String(now + seconds) } });
      const headers = inHeader(parameters);
      expect(await say(guard, { headers })).toBe("accepted");
      for (let time = now; time <= now + seconds + 300; time += 50) {
        clock.time = time * 1000;
        expect(await say(guard, { headers })).toBe("request_replayed");
      }
      clock.time = (now + seconds + 301) * 1000;
      expect(await say(guard, { headers })).toBe("oauth1_timestamp_refused");
    },
  );

  test("a hundred at once: one is let in", async () => {
    const guard = guardWith();
    const headers = inHeader(await sign());
    const all = await Promise.all(Array.from({ length: 100 }, () => say(guard, { headers })));
    expect(all.filter((each) => each === "accepted")).toHaveLength(1);
  });

  test("a nonce belongs to its timestamp, consumer and token (RFC 5849 §3.3)", async () => {
    const guard = guardWith({ tokens });
    const nonce = { oauth_nonce: "same" };
    const token = { oauth_token: "nnch734d00sl2jdk" };
    for (const signing of [
      { with: nonce },
      { with: { ...nonce, oauth_timestamp: String(now + 1) } },
      { with: nonce, consumerKey: "veiled" },
      { with: { ...nonce, ...token }, tokenSecret: "pfkkdhi9sl3r4s00" },
    ]) {
      const headers = inHeader(await sign(signing));
      expect(await say(guard, { headers })).toBe("accepted");
      expect(await say(guard, { headers })).toBe("request_replayed");
    }
  });

  test("nothing is remembered of a signature that does not hold; keys are short ASCII", async () => {
    const keys: string[] = [];
    const replays = { reserve: (key: string) => keys.push(key) > 0 };
    const guard = guardWith({ replays });
    await say(guard, { headers: inHeader(await sign({ consumerSecret: "wrong" })) });
    await say(guard, { headers: inHeader(await sign({ consumerKey: "nobody" })) });
    expect(keys).toEqual([]);
    const long = { oauth_nonce: "\u00e4".repeat(1000) };
    expect(await say(guard, { headers: inHeader(await sign({ with: long })) })).toBe("accepted");
    expect(keys[0]).toMatch(/^oauth1:[\w-]{43}$/);
  });

  test("stores that fail are no refusal", async () => {
    const broken = () => {
      throw new Error("down");
    };
    const headers = inHeader(await sign());
    expect(await say(guardWith({ consumers: { find: broken } }), { headers })).toBe(
      "store_unavailable",
    );
    expect(await say(guardWith({ replays: { reserve: broken } }), { headers })).toBe(
      "store_unavailable",
    );
  });
});

describe("beside other credentials", () => {
  const keys = createMemoryApiKeys([]);
  const mixed = () =>
    createGuard({
      realm: "photos",
      clock,
      publicUrl: "https://api.example.com",
      schemes: [
        apiKey({ keys }),
        oauth1({
          consumers: { find: (key) => consumers.get(key) as never },
          replays: createMemoryReplays({ clock }),
        }),
      ],
    });
  const key = { "x-api-key": "k".repeat(32) };
  const check = async (
    guard: Guard<Principal | undefined>,
    more: Parameters<typeof makeRequest>[0],
  ) => {
    const request = makeRequest({ url, ...more });
    const verdict = await guard.check(request);
    const said = verdict.kind === "accepted" ? verdict.principal?.subject : verdict.reason;
    return { said, reads: request.reads.length };
  };
  const other = { method: "POST", headers: formType, content: "title=My+photo" };

  test("header or query beside a key: a conflict", async () => {
    const header = { ...inHeader(await sign()), ...key };
    expect((await check(mixed(), { headers: header })).said).toBe("credential_conflict");
    const inQuery = { url: `${url}&${inForm(await sign())}`, headers: key };
    expect((await check(mixed(), inQuery)).said).toBe("credential_conflict");
    const foreign = { ...inQuery, headers: { authorization: "Bearer x" } };
    expect((await check(mixed(), foreign)).said).toBe("credential_conflict");
  });

  test("a callback's oauth_token and oauth_verifier are no credential", async () => {
    const callback = { url: "https://api.example.com/callback?oauth_token=t&oauth_verifier=v" };
    expect((await check(mixed(), callback)).said).toBe("credential_missing");
    expect((await check(mixed(), { ...callback, headers: key })).said).toBe("api_key_invalid");
  });

  test("a form body is read for a credential only where there is no other", async () => {
    const headers = { ...formType, ...key };
    expect(await check(mixed(), { ...other, headers })).toEqual({
      said: "api_key_invalid",
      reads: 0,
    });
    const foreign = { ...other, headers: { ...formType, authorization: "Bearer x" } };
    expect(await check(mixed(), foreign)).toEqual({ said: "scheme_not_admitted", reads: 0 });
    const json = { ...other, headers: { "content-type": "application/json" } };
    expect(await check(mixed(), json)).toEqual({ said: "credential_missing", reads: 0 });
    expect(await check(mixed(), other)).toEqual({ said: "credential_missing", reads: 1 });
  });

  test("a form without a credential is anonymous: refused, or let in where that is optional", async () => {
    const optional = mixed().optional();
    const forms = ["", "title=My+photo", "oauth_token=t", "a=%FF", new Uint8Array(1024 * 1024 + 1)];
    for (const content of forms) {
      expect(await check(optional, { ...other, content })).toEqual({ said: undefined, reads: 1 });
      expect(await check(mixed(), { ...other, content })).toEqual({
        said: "credential_missing",
        reads: 1,
      });
    }
    const needy = await optional.check(makeRequest({ url, ...other }), scope("photos:list"));
    expect(needy).toMatchObject({ reason: "credential_missing" });
  });

  test("a bad credential in a form is refused where none is needed", async () => {
    const content = inForm(await sign({ httpMethod: "POST", consumerSecret: "wrong" }));
    expect((await check(mixed().optional(), { ...other, content })).said).toBe(
      "oauth1_signature_invalid",
    );
  });

  test("a view without the scheme does not look into forms", async () => {
    const view = mixed().only("api-key");
    const content = inForm(await sign({ httpMethod: "POST" }));
    expect(await check(view, { ...other, content })).toEqual({
      said: "credential_missing",
      reads: 0,
    });
    expect(await check(view.optional(), { ...other, content })).toEqual({
      said: undefined,
      reads: 0,
    });
    expect((await check(view, { headers: inHeader(await sign()) })).said).toBe(
      "scheme_not_admitted",
    );
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
