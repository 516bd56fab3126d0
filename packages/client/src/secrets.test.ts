import { inspect } from "node:util";
import { expect, test } from "vitest";
import { fakeFetch, redirectTo } from "../fixtures/fake-fetch.ts";
import { json } from "../fixtures/serve.ts";
import { serveIssuer } from "../fixtures/serve-issuer.ts";
import {
  apiKey,
  basic,
  bearer,
  type Credential,
  clientCredentials,
  createAuthFetch,
} from "./index.ts";

const marked = "marked-secret-5d1f";
const token = "marked-token-77aa";
const forms = [marked, token, btoa(`ada:${marked}`), btoa(`client:${marked}`)];

/** Every way a value gets into a log by accident. */
function shown(value: unknown): string {
  const deep = { depth: Number.POSITIVE_INFINITY, showHidden: true };
  const error =
    value instanceof Error ? [value.message, value.stack, inspect(value.cause, deep)] : [];
  const own = Object.getOwnPropertyDescriptors(value);
  return [
    inspect(value, deep),
    inspect(own, deep),
    JSON.stringify(value),
    `${value}`,
    ...error,
  ].join();
}

function expectHidden(value: unknown): void {
  const text = shown(value);
  for (const form of forms) expect(text).not.toContain(form);
}

const origins = ["https://api.example.com"];
const fixed: [string, Credential][] = [
  ["basic", basic({ username: "ada", password: marked })],
  ["apiKey in a header", apiKey({ key: marked })],
  ["apiKey in the query", apiKey({ key: marked, query: "key" })],
  ["bearer", bearer(marked)],
];

test.each(fixed)("%s shows no secret, nor does its fetch", async (_, credential) => {
  const fetch = fakeFetch(() => new Response("ok"));
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
  const issuer = await serveIssuer({
    token: (_, response) =>
      json(response, 200, { access_token: token, token_type: "Bearer", expires_in: 60 }),
  });
  const source = clientCredentials({
    issuer: issuer.origin,
    clientId: "client",
    clientSecret: marked,
  });
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
    { status: 200, body: { ...body, token_type: "Bearer", id_token: token } },
    { status: 200, body: [body] },
    { status: 400, body: { ...body, error: "invalid_client", error_description: marked } },
    { status: 400, body: { error: marked } },
    { status: 401, body },
    { status: 418, body },
    { status: 500, body },
  ];
  for (const { status, body } of answers) {
    const issuer = await serveIssuer({
      token(_, response) {
        response.setHeader("www-authenticate", `Bearer error="${marked}"`);
        json(response, status, body);
      },
    });
    for (const clientAuthentication of ["client_secret_basic", "client_secret_post"] as const) {
      const source = clientCredentials({
        issuer: issuer.origin,
        clientId: "client",
        clientSecret: marked,
        clientAuthentication,
      });
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
