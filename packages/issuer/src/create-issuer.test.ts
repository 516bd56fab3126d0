import { inspect } from "node:util";
import { createMemoryRefreshTokens, createMemoryReplays } from "@countersign/core/state";
import { ConfigurationError, toSecret } from "@countersign/core/wire";
import { describe, expect, test } from "vitest";
import { createIssuer } from "./create-issuer.ts";
import { audience, startIssuer, url } from "./fixture.ts";
import { createKeyRing } from "./keys/create-key-ring.ts";
import type { IssuerOptions } from "./options.ts";

/** RFC 7517 appendix A.1. */
const point = {
  x: "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
  y: "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
};

describe("bad configuration throws at once", () => {
  const long = "0123456789abcdef";
  const hash = "A".repeat(43);
  const keySet = { keys: [{ kty: "EC", crv: "P-256", kid: "a", ...point }] };
  const cases: [string, Partial<IssuerOptions>, RegExp][] = [
    ["a url that is none", { url: "id.example.com" }, /https/],
    ["plain http", { url: "http://id.example.com" }, /https/],
    ["a query", { url: "https://id.example.com/?a=b" }, /query/],
    ["an empty query", { url: "https://id.example.com/?" }, /query/],
    ["a fragment", { url: "https://id.example.com/#a" }, /fragment/],
    ["credentials in the url", { url: "https://ada:planted@id.example.com" }, /https/],
    [
      "a default port",
      { url: "https://id.example.com:443" },
      /write "https:\/\/id\.example\.com\/"/,
    ],
    ["capitals in the host", { url: "https://ID.example.com" }, /write/],
    ["an empty audience", { audience: "" }, /audience/],
    ["no audience", { audience: [] }, /audience/],
    ["an empty one among audiences", { audience: [audience, " "] }, /audience/],
    ["a forgotten audience", { audience: undefined as never }, /audience/],
    ["a negative lifetime", { accessTokenLifetime: -1 }, /accessTokenLifetime/],
    ["a lifetime of zero", { refreshTokenLifetime: 0 }, /refreshTokenLifetime/],
    ["an endless lifetime", { loginLifetime: Number.POSITIVE_INFINITY }, /loginLifetime/],
    ["a lifetime that is no number", { loginLifetime: Number.NaN }, /loginLifetime/],
    ["a long replay window", { replayWindow: 31 }, /replayWindow/],
    ["a negative replay window", { replayWindow: -1 }, /replayWindow/],
    ["an empty default client", { defaultClientId: "" }, /defaultClientId/],
    ["a client without an id", { clients: [{ id: "" }] }, /id/],
    ["a client id that headers cannot carry", { clients: [{ id: "é" }] }, /ASCII/],
    ["one that ends so", { clients: [{ id: "aé" }] }, /ASCII/],
    ["one that begins so", { clients: [{ id: "éa" }] }, /ASCII/],
    ["two clients of one id", { clients: [{ id: "a" }, { id: "a" }] }, /two/],
    ["a client with the first party's id", { clients: [{ id: url }] }, /defaultClientId/],
    ["an empty secret", { clients: [{ id: "a", secret: "" }] }, /16 characters/],
    ["a short secret", { clients: [{ id: "a", secret: "planted" }] }, /16 characters/],
    ["a short wrapped secret", { clients: [{ id: "a", secret: toSecret("planted") }] }, /16/],
    ["a secret and its hash", { clients: [{ id: "a", secret: long, secretHash: hash }] }, /one of/],
    ["a secret and keys", { clients: [{ id: "a", secret: long, jwks: keySet }] }, /one of/],
    ["a hash that is none", { clients: [{ id: "a", secretHash: "planted" }] }, /SHA-256/],
    ["a hash that is too long", { clients: [{ id: "a", secretHash: `x${hash}` }] }, /SHA-256/],
    ["a hash with padding", { clients: [{ id: "a", secretHash: `${hash}=` }] }, /SHA-256/],
    ["an empty hash", { clients: [{ id: "a", secretHash: "" }] }, /SHA-256/],
    [
      "a password hash that nobody checks",
      { clients: [{ id: "a", secretHash: "$argon2id$v=19$planted" }] },
      /passwords: argon2id/,
    ],
    ["assertions that nobody remembers", { clients: [{ id: "a", jwks: keySet }] }, /replays/],
    [
      "keys that cannot verify",
      { clients: [{ id: "a", jwks: { keys: [] } }], replays: createMemoryReplays() },
      /key/,
    ],
    [
      "keys at an unsafe address",
      { clients: [{ id: "a", jwks: "http://a.example/jwks" }], replays: createMemoryReplays() },
      /https/,
    ],
    [
      "an API that may introspect and cannot authenticate",
      { clients: [{ id: "a", audience: "https://a.example" }] },
      /authenticate/,
    ],
    [
      "an empty audience of a client",
      { clients: [{ id: "a", secret: long, audience: "" }] },
      /aud/,
    ],
    ["a throttle that knows no addresses", { throttle: {} as never }, /address/],
    [
      "keys that go before their tokens",
      { keys: createKeyRing({ retention: 299 }) },
      /retention of 360/,
    ],
    ["scopes without a secret", { clients: [{ id: "a", scopes: ["b"] }] }, /confidential/],
    ["a scope with a space", { clients: [{ id: "a", secret: long, scopes: ["b c"] }] }, /scope/],
    ["an empty scope", { clients: [{ id: "a", secret: long, scopes: [""] }] }, /scope/],
  ];
  test.each(cases)("%s", (_name, changes, message) => {
    const create = () => createIssuer({ url, audience, ...changes });
    expect(create).toThrow(ConfigurationError);
    expect(create).toThrow(message);
    expect(create).not.toThrow(/planted/);
  });
});

test("what is just right is taken", () => {
  const { current, published } = createKeyRing();
  const keys = createKeyRing({ retention: 300 });
  createIssuer({ url, audience, keys, accessTokenLifetime: 300, replayWindow: 30 });
  createIssuer({ url, audience, keys: { current, published }, accessTokenLifetime: 9000 });
});

test.each([
  ["https://id.example.com", "https://id.example.com"],
  ["https://id.example.com/", "https://id.example.com/"],
  ["https://id.example.com/auth", "https://id.example.com/auth"],
  ["http://127.0.0.1:4000", "http://127.0.0.1:4000"],
  [new URL("https://id.example.com"), "https://id.example.com"],
])("the issuer of %s is %s", (given, expected) => {
  expect(createIssuer({ url: given, audience }).url).toBe(expected);
});

test("no object, error or event shows a token, a secret or a private key", async () => {
  const planted = "planted-client-secret";
  const { issuer, store, events, login, post, turn, clock } = startIssuer({
    clients: [{ id: "reports", secret: planted, scopes: ["a"] }],
    keys: createKeyRing(),
  });
  const keys = createKeyRing({ clock });
  await keys.current();
  const first = await login();
  const second = await issuer.refresh(first.refresh_token);
  turn(60);
  const reuse = await issuer.refresh(first.refresh_token).catch((error: unknown) => error);
  const wrong = {
    grant_type: "client_credentials",
    client_id: "reports",
    client_secret: `${planted}!`,
  };
  const answer = await (await post("/token", wrong)).text();

  const shown = [issuer, store, keys, await keys.current(), events, reuse, answer]
    .map((value) => inspect(value, { depth: Infinity, showHidden: true }) + JSON.stringify(value))
    .join();
  const tokens = [first, second].flatMap((one) => [one.access_token, one.refresh_token ?? "none"]);
  for (const text of [planted, "csrt_", ...tokens]) expect(shown).not.toContain(text);
  expect(shown).not.toMatch(/"?\bd"?: ?['"]/);
  expect(events.map(({ type }) => type)).toEqual([
    "refresh_token_reused",
    "client_authentication_failed",
  ]);
});

test("every method works without its object", async () => {
  const { issuer } = startIssuer({ store: createMemoryRefreshTokens() });
  const { issue, refresh, revoke, revokeFamily, revokeSubject, introspect, jwks, fetch } = issuer;
  const { refresh_token = "" } = await issue({ subject: "ada", refreshable: true });
  const { refresh_token: next = "" } = await refresh(refresh_token);
  expect((await introspect(next)).active).toBe(true);
  await revoke(next);
  await revokeFamily("unknown");
  await revokeSubject("ada");
  expect((await jwks()).keys).toHaveLength(1);
  expect((await fetch(new Request(`${url}/jwks`))).status).toBe(200);
});
