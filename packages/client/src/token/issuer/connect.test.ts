import type { DpopKeyPair } from "@countersign/core/wire";
import { ConfigurationError } from "@countersign/core/wire";
import { decodeJwt, decodeProtectedHeader, importJWK, jwtVerify } from "jose";
import { describe, expect, test, vi } from "vitest";
import { standingClock } from "../../../fixtures/clock.ts";
import { fakeIssuer, refusal, tokens } from "../../../fixtures/fake-issuer.ts";
import { clientCredentials } from "../client-credentials.ts";
import {
  type ClientAuthentication,
  privateKeyJwt,
  tlsClientAuth,
} from "./client-authentication.ts";
import { dpopKeys } from "./dpop-keys.ts";

const client = { clientId: "app", clientSecret: "secret" };

function makeKey(name = "ECDSA"): Promise<DpopKeyPair> {
  const algorithm = {
    name,
    namedCurve: "P-256",
    hash: "SHA-256",
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  };
  return crypto.subtle.generateKey(algorithm, false, ["sign", "verify"]) as Promise<DpopKeyPair>;
}

describe("private_key_jwt", () => {
  test.each([
    ["ECDSA", "ES256"],
    ["Ed25519", "Ed25519"],
    ["RSASSA-PKCS1-v1_5", "RS256"],
    ["RSA-PSS", "PS256"],
  ])("proves the client with a %s key (RFC 7523 §2.2 and §3)", async (name, alg) => {
    const { privateKey, publicKey } = await makeKey(name);
    const { issuer, fetch, forms } = fakeIssuer(() => tokens("token"));
    const clock = standingClock();
    const clientAuthentication = privateKeyJwt({ key: privateKey, keyId: "2026" });
    await clientCredentials({
      issuer,
      clientId: "app",
      clientAuthentication,
      fetch,
      clock,
    }).token();
    const { client_assertion = "", ...form } = forms[0]?.form ?? {};
    expect(form).toEqual({
      grant_type: "client_credentials",
      client_id: "app",
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    });
    const { payload, protectedHeader } = await jwtVerify(client_assertion, publicKey, {
      issuer: "app",
      subject: "app",
      audience: issuer,
      currentDate: new Date(clock.now()),
    });
    expect(protectedHeader).toEqual({ alg, kid: "2026" });
    expect(payload.jti).toMatch(/.{20,}/);
  });

  test("with our clock's time, though a second of the machine's ends before it is signed", async () => {
    const { privateKey } = await makeKey();
    const { issuer, fetch, forms } = fakeIssuer(() => tokens("token"));
    const clock = standingClock();
    const { authenticate } = privateKeyJwt({ key: privateKey });
    const clientAuthentication: ClientAuthentication = {
      authenticate(...request) {
        vi.setSystemTime(Date.now() + 10_000);
        return authenticate(...request);
      },
    };
    vi.useFakeTimers({ toFake: ["Date"] });
    const source = clientCredentials({
      issuer,
      clientId: "app",
      clientAuthentication,
      fetch,
      clock,
    });
    try {
      await source.token();
    } finally {
      vi.useRealTimers();
    }
    expect(decodeJwt(forms[0]?.form.client_assertion ?? "").iat).toBe(clock.now() / 1000);
  });

  test("with the server's time, where its clock is another one", async () => {
    const { privateKey } = await makeKey();
    const clock = standingClock();
    const ahead = new Date(clock.now() + 7_200_000).toUTCString();
    const { issuer, fetch, forms } = fakeIssuer(() =>
      Response.json(tokens("token"), { headers: { date: ahead } }),
    );
    const clientAuthentication = privateKeyJwt({ key: privateKey });
    const options = { issuer, clientId: "app", clientAuthentication, fetch, clock };
    const source = clientCredentials(options);
    const first = await source.token();
    // A token's life is counted by our own clock, whatever the server's says.
    expect(first.expiresAt).toBe(clock.now() / 1000 + 3600);
    source.invalidate(first);
    await source.token();
    const issuedAt = forms.map(({ form }) => decodeJwt(form.client_assertion ?? "").iat);
    const now = clock.now() / 1000;
    expect(issuedAt).toEqual([now, now + 7200]);
  });

  test.each([
    ["http, where anybody may have set it", "http://127.0.0.1:1", {}],
    ["a cache, which may be old", "https://id.example.com", { age: "86400" }],
    ["a server that says nonsense", "https://id.example.com", { date: "yesterday" }],
  ])("not with a time from %s", async (_, origin, headers) => {
    const { privateKey } = await makeKey();
    const clock = standingClock();
    const date = new Date(clock.now() + 7_200_000).toUTCString();
    const { fetch, forms } = fakeIssuer(
      () => Response.json(tokens("token"), { headers: { date, ...headers } }),
      { issuer: origin, token_endpoint: `${origin}/token` },
    );
    const clientAuthentication = privateKeyJwt({ key: privateKey });
    const options = { issuer: origin, clientId: "app", clientAuthentication, fetch, clock };
    const source = clientCredentials(options);
    source.invalidate(await source.token());
    await source.token();
    for (const { form } of forms) {
      expect(decodeJwt(form.client_assertion ?? "").iat).toBe(clock.now() / 1000);
    }
  });

  test("refuses a key that cannot sign at start", async () => {
    const { publicKey } = await makeKey();
    expect(() => privateKeyJwt({ key: publicKey })).toThrow(ConfigurationError);
  });
});

test("tls_client_auth sends the client's id alone, to the endpoint for mutual TLS (RFC 8705 §2 and §5)", async () => {
  const { issuer, fetch, forms } = fakeIssuer(() => tokens("token"), {
    token_endpoint: "https://id.example.com/elsewhere",
    mtls_endpoint_aliases: { token_endpoint: "https://id.example.com/token" },
  });
  const clientAuthentication = tlsClientAuth();
  await clientCredentials({ issuer, clientId: "app", clientAuthentication, fetch }).token();
  expect(forms[0]?.form).toEqual({ grant_type: "client_credentials", client_id: "app" });
});

describe("tokens bound to a key", () => {
  const bound = (nth: number) => tokens(`token-${nth}`, { token_type: "DPoP" });
  const proofOf = ({ headers }: { headers: Headers }) => decodeJwt(headers.get("dpop") ?? "");

  test("are asked for with a proof (RFC 9449 §5), one key for all", async () => {
    const { issuer, fetch, forms } = fakeIssuer((_, nth) => bound(nth));
    const clock = standingClock();
    const source = clientCredentials({ ...client, issuer, fetch, clock, dpop: dpopKeys() });
    const token = await source.token();
    expect(token).toMatchObject({ type: "dpop" });
    expect(token.key.privateKey.extractable).toBe(false);
    source.invalidate(token);
    expect((await source.token()).key).toBe(token.key);
    for (const { headers } of forms) {
      const proof = headers.get("dpop") ?? "";
      const { jwk } = decodeProtectedHeader(proof);
      const { payload } = await jwtVerify(proof, await importJWK(jwk as never, "ES256"), {
        typ: "dpop+jwt",
        currentDate: new Date(clock.now()),
      });
      expect(payload).toEqual({
        htm: "POST",
        htu: "https://id.example.com/token",
        iat: clock.now() / 1000,
        jti: expect.any(String),
      });
    }
  });

  test("carry the server's nonce when it wants one (RFC 9449 §8), and from then on", async () => {
    const { issuer, fetch, forms } = fakeIssuer(({ headers }, nth) => {
      const { nonce } = decodeJwt(headers.get("dpop") ?? "");
      const next = { "dpop-nonce": nth < 3 ? "n1" : "n2" };
      if (nonce === undefined) return refusal("use_dpop_nonce", next);
      return Response.json(bound(nth), { headers: next });
    });
    const source = clientCredentials({ ...client, issuer, fetch, dpop: dpopKeys() });
    for (let nth = 1; nth <= 3; nth++) source.invalidate(await source.token());
    expect(forms.map((each) => proofOf(each).nonce)).toEqual([undefined, "n1", "n1", "n2"]);
  });

  test("a client assertion is not used twice for it", async () => {
    const { privateKey } = await makeKey();
    const { issuer, fetch, forms } = fakeIssuer((_, nth) =>
      nth === 1 ? refusal("use_dpop_nonce", { "dpop-nonce": "n" }) : bound(nth),
    );
    const clientAuthentication = privateKeyJwt({ key: privateKey });
    const options = { issuer, clientId: "app", clientAuthentication, fetch, dpop: dpopKeys() };
    await clientCredentials(options).token();
    const [first, second] = forms.map(({ form }) => decodeJwt(form.client_assertion ?? "").jti);
    expect(first).not.toBe(second);
  });

  test("a server that never has enough of nonces is asked twice", async () => {
    const { issuer, fetch, forms } = fakeIssuer((_, nth) =>
      refusal("use_dpop_nonce", { "dpop-nonce": `n${nth}` }),
    );
    const source = clientCredentials({ ...client, issuer, fetch, dpop: dpopKeys() });
    await expect(source.token()).rejects.toMatchObject({
      code: "token_request_failed",
      oauthError: "use_dpop_nonce",
    });
    expect(forms).toHaveLength(2);
  });

  test("are none when the server answers with a bearer token", async () => {
    const { issuer, fetch } = fakeIssuer(() => tokens("marked-secret"));
    const source = clientCredentials({ ...client, issuer, fetch, dpop: dpopKeys() });
    const error = await Promise.resolve(source.token()).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: "token_request_failed" });
    expect(error.stack).not.toContain("marked-secret");
  });

  test("by a key of one's own", async () => {
    const keyPair = await makeKey();
    const { issuer, fetch } = fakeIssuer((_, nth) => bound(nth));
    const dpop = dpopKeys({ keyPair });
    expect((await clientCredentials({ ...client, issuer, fetch, dpop }).token()).key).toBe(keyPair);
    const publicKey = { ...keyPair.publicKey, extractable: false } as DpopKeyPair["publicKey"];
    expect(() => dpopKeys({ keyPair: { ...keyPair, publicKey } })).toThrow(ConfigurationError);
  });
});

describe("an answer", () => {
  const ask = async (answer: unknown, status = 200) => {
    const { issuer, fetch } = fakeIssuer(() => Response.json(answer, { status }));
    return clientCredentials({ ...client, issuer, fetch, clock: standingClock() }).token();
  };
  const good = { access_token: "token", token_type: "bearer" };

  test.each([
    ["a life in text", { expires_in: "60" }, 60],
    ["no life", {}, undefined],
    ["a life of nothing", { expires_in: 0 }, 0],
    ["an ID token that is none: nobody looks at it", { id_token: 7, expires_in: 60 }, 60],
    ["members that nobody knows", { issued_token_type: "x", expires_in: 60 }, 60],
  ])("with %s is taken", async (_, more, lifetime) => {
    const { expiresAt } = await ask({ ...good, ...more });
    const expected = lifetime === undefined ? undefined : 1_800_000_000 + lifetime;
    expect(expiresAt).toBe(expected);
  });

  test.each<[string, unknown]>([
    ["null", null],
    ["text", "marked-secret"],
    ["an array", [good]],
    ["no access token", { token_type: "bearer" }],
    ["an empty access token", { ...good, access_token: "" }],
    ["an access token that is no text", { ...good, access_token: { reveal: 1 } }],
    ["no type", { access_token: "marked-secret" }],
    ["another type", { ...good, token_type: "mac" }],
    ["a list of types", { ...good, token_type: ["bearer", "mac"] }],
    ["a negative life", { ...good, expires_in: -1 }],
    ["an endless life", { ...good, expires_in: "Infinity" }],
    ["a life that is an object", { ...good, expires_in: {} }],
  ])("that is %s is no token", async (_, answer) => {
    await expect(ask(answer)).rejects.toMatchObject({
      code: "token_request_failed",
      oauthError: undefined,
      message: expect.not.stringContaining("marked-secret"),
    });
  });

  test.each([
    ["a name of Object.prototype", "constructor", 400],
    ["a list", ["invalid_client"], 400],
    ["a registered one with 200", "invalid_client", 200],
  ])("whose error is %s repeats nothing of it", async (_, error, status) => {
    await expect(ask({ error }, status)).rejects.toMatchObject({
      code: "token_request_failed",
      oauthError: undefined,
    });
  });
});
