import { expect, test } from "vitest";
import { fakeFetch, redirectTo } from "../fixtures/fake-fetch.ts";
import { fakeIssuer, tokens } from "../fixtures/fake-issuer.ts";
import { shown } from "../fixtures/shown.ts";
import {
  all,
  apiKey,
  basic,
  bearer,
  byOrigin,
  type Credential,
  clientCredentials,
  clientSecretBasic,
  clientSecretPost,
  createAuthFetch,
  type DpopKeyPair,
  digest,
  dpop,
  fromEnvironment,
  oauth1,
  readNetrc,
  signedJwt,
  toSecret,
} from "./index.ts";

const marked = "marked-secret-5d1f";
const token = "marked-token-77aa";
const forms = [marked, token, btoa(`ada:${marked}`), btoa(`client:${marked}`)];

function expectHidden(value: unknown): void {
  const text = shown(value);
  for (const form of forms) expect(text).not.toContain(form);
}

const origins = ["https://api.example.com"];
const consumer = { consumerKey: "client", consumerSecret: marked };
const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, [
  "sign",
]);
const bound = {
  type: "dpop" as const,
  value: toSecret(token),
  expiresAt: undefined,
  key: pair as DpopKeyPair,
};
const fixed: [string, Credential][] = [
  ["basic", basic({ username: "ada", password: marked })],
  ["apiKey in a header", apiKey({ key: marked })],
  ["apiKey in the query", apiKey({ key: marked, query: "key" })],
  ["apiKey in a cookie", apiKey({ key: marked, cookie: "key" })],
  ["bearer", bearer(marked)],
  ["dpop", dpop({ token: () => bound, invalidate() {} })],
  ["digest", digest({ username: "ada", password: marked, algorithms: ["SHA-256"] })],
  ["oauth1", oauth1({ ...consumer, token: { value: token, secret: marked } })],
  ["oauth1 in the query", oauth1({ ...consumer, place: "query" })],
  ["oauth1 in clear text", oauth1({ ...consumer, signatureMethod: "PLAINTEXT" })],
  ["signedJwt", signedJwt({ issuer: "ada", audience: "orders", key: pair.privateKey })],
  ["all", all(apiKey({ key: marked, query: "key" }), basic({ username: "ada", password: marked }))],
  ["byOrigin", byOrigin({ "https://api.example.com": bearer(marked) }).credential],
  ["fromEnvironment", fromEnvironment({ API_TOKEN: marked }, "API")],
];

/** What a server may answer first: it makes credentials say more. */
const challenge = {
  "www-authenticate": 'Digest realm="a", nonce="n", qop="auth", algorithm=SHA-256',
  "dpop-nonce": "n",
};

test.each(fixed)("%s shows no secret, nor does its fetch", async (_, credential) => {
  const fetch = fakeFetch((_, nth) =>
    nth === 1 ? new Response(null, { status: 401, headers: challenge }) : new Response("ok"),
  );
  const api = createAuthFetch({ origins, credential, fetch });
  expectHidden(credential);
  expectHidden(api);
  expectHidden(await api("https://api.example.com/"));
  expectHidden(credential);
  expectHidden(api);
  const attach = { method: "GET", url: new URL("https://api.example.com"), replayable: true };
  expectHidden(
    await credential.attach(
      { ...attach, header: () => undefined, body: () => undefined },
      { signal: undefined, now: Date.now },
    ),
  );
});

test("a source, its token and its credential show no secret", async () => {
  const { issuer, fetch: ask } = fakeIssuer(() => tokens(token));
  const client = { clientId: "client", clientSecret: marked };
  const source = clientCredentials({ ...client, issuer, fetch: ask });
  const credential = bearer(source);
  const fetch = fakeFetch(() => new Response("ok"));
  await createAuthFetch({ origins, credential, fetch })("https://api.example.com/");
  expect(fetch.requests[0]?.headers.get("authorization")).toBe(`Bearer ${token}`);
  expectHidden(source);
  expectHidden(await source.token());
  expectHidden(credential);
});

test("no error of a token request shows what the server said or was sent", async () => {
  const body = { access_token: token, client_secret: marked };
  const answers = [
    { status: 200, body: { ...body, token_type: "odd" } },
    { status: 200, body: { ...body, token_type: "Bearer", expires_in: -1 } },
    { status: 200, body: { ...body, token_type: "Bearer", access_token: [token] } },
    { status: 200, body: [body] },
    { status: 400, body: { ...body, error: "invalid_client", error_description: marked } },
    { status: 400, body: { error: marked } },
    { status: 401, body },
    { status: 418, body },
    { status: 500, body },
  ];
  for (const { status, body } of answers) {
    const headers = { "www-authenticate": `Bearer error="${marked}"` };
    const { issuer, fetch } = fakeIssuer(() => Response.json(body, { status, headers }));
    for (const clientAuthentication of [clientSecretBasic(marked), clientSecretPost(marked)]) {
      expectHidden(clientAuthentication);
      const source = clientCredentials({ issuer, clientId: "client", clientAuthentication, fetch });
      const error = await Promise.resolve(source.token()).catch((thrown) => thrown);
      expect(error).toMatchObject({ name: "ClientError" });
      expectHidden(error);
      expectHidden(source);
    }
  }
});

test("no error of a call shows the credential", async () => {
  const locations = ["http://b.example/", "ftp://b.example/", "/loop"];
  for (const [, credential] of fixed) {
    for (const location of locations) {
      const copy = `${location}?key=${marked}`;
      const api = createAuthFetch({
        origins,
        credential,
        fetch: fakeFetch(() => redirectTo(copy)),
      });
      const error = await api("https://api.example.com/").catch((thrown) => thrown);
      // With a header's value in its query, a loop is a loop; our own parameter is recognised.
      expect(error).toMatchObject({ name: "ClientError" });
      expectHidden(error);
    }
  }
});

test("a login of a netrc file shows no secret, nor does the error of a broken one", () => {
  expectHidden(readNetrc(`machine a.example login ada password ${marked}`, "a.example"));
  let error: unknown;
  try {
    readNetrc(`machine a.example ${marked} ada`, "a.example");
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toMatchObject({ name: "ConfigurationError" });
  expectHidden(error);
});
