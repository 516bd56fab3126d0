import { inspect } from "node:util";
import { createMemoryRefreshTokens } from "@countersign/core/state";
import { ConfigurationError, toSecret } from "@countersign/core/wire";
import { describe, expect, test } from "vitest";
import { createIssuer } from "./create-issuer.ts";
import { audience, startIssuer, url } from "./fixture.ts";
import { createKeyRing } from "./keys/memory-key-ring.ts";
import type { IssuerOptions } from "./options.ts";

describe("bad configuration throws at once", () => {
  const long = "0123456789abcdef";
  const cases: [string, Partial<IssuerOptions>, RegExp][] = [
    ["a url that is none", { url: "id.example.com" }, /https/],
    ["plain http", { url: "http://id.example.com" }, /https/],
    ["a query", { url: "https://id.example.com/?a=b" }, /query/],
    ["an empty query", { url: "https://id.example.com/?" }, /query/],
    ["a fragment", { url: "https://id.example.com/#a" }, /fragment/],
    ["credentials in the url", { url: "https://ada:planted@id.example.com" }, /password/],
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
    ["two clients of one id", { clients: [{ id: "a" }, { id: "a" }] }, /two/],
    ["a client with the first party's id", { clients: [{ id: url }] }, /defaultClientId/],
    ["an empty secret", { clients: [{ id: "a", secret: "" }] }, /16 characters/],
    ["a short secret", { clients: [{ id: "a", secret: "planted" }] }, /16 characters/],
    ["a short wrapped secret", { clients: [{ id: "a", secret: toSecret("planted") }] }, /16/],
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
  expect(events).toHaveLength(1);
});

test("every method works without its object", async () => {
  const { issuer } = startIssuer({ store: createMemoryRefreshTokens() });
  const { issue, refresh, revoke, revokeSubject, jwks, fetch } = issuer;
  const { refresh_token = "" } = await issue({ subject: "ada", refreshable: true });
  const { refresh_token: next = "" } = await refresh(refresh_token);
  await revoke(next);
  await revokeSubject("ada");
  expect((await jwks()).keys).toHaveLength(1);
  expect((await fetch(new Request(`${url}/jwks`))).status).toBe(200);
});
