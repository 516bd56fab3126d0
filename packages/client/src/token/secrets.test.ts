import { createMemoryLock, createMemoryTokens } from "@countersign/core/state";
import { expect, test } from "vitest";
import { fakeIssuer, tokens } from "../../fixtures/fake-issuer.ts";
import { shown } from "../../fixtures/shown.ts";
import {
  authorizationCode,
  clientCredentials,
  clientSecretBasic,
  clientSecretPost,
  deviceCode,
  dpopKeys,
  jwtBearer,
  refreshToken,
  type TokenSource,
  tokenExchange,
} from "../index.ts";

const secrets = [
  "marked-client",
  "marked-access",
  "marked-refresh",
  "marked-subject",
  "marked-device",
];

function expectHidden(...values: unknown[]): void {
  for (const value of values) {
    const text = shown(value);
    for (const secret of secrets) expect(text).not.toContain(secret);
  }
}

const { issuer, fetch } = fakeIssuer(
  ({ form }, _nth, url) => {
    if (url.pathname === "/token") {
      return tokens("marked-access", { refresh_token: "marked-refresh", ...typeOf(form) });
    }
    return {
      device_code: "marked-device",
      user_code: "AAAA-BBBB",
      verification_uri: "https://id.example.com/enter",
      expires_in: 60,
      interval: 1,
    };
  },
  {
    authorization_endpoint: "https://id.example.com/authorize",
    device_authorization_endpoint: "https://id.example.com/device",
  },
);
const typeOf = (form: Record<string, string>) =>
  form.client_id === "bound" ? { token_type: "DPoP" } : {};
const client = { issuer, clientId: "app", clientSecret: "marked-client", fetch };

async function expectSourceHidden(source: TokenSource): Promise<void> {
  const token = await source.token();
  expect(token.value.reveal()).toBe("marked-access");
  expectHidden(source, token);
}

test("no source shows a secret, nor do its tokens", async () => {
  await expectSourceHidden(clientCredentials(client));
  await expectSourceHidden(refreshToken({ ...client, refreshToken: "marked-refresh" }));
  await expectSourceHidden(jwtBearer({ ...client, assertion: () => "marked-subject" }));
  const exchange = tokenExchange(client);
  await expectSourceHidden(exchange.for("marked-subject"));
  expectHidden(exchange, clientSecretBasic("marked-client"), clientSecretPost("marked-client"));
});

test("no login shows a secret, from its beginning to its tokens in a store", async () => {
  const redirectUri = "https://app.example.com/callback";
  const logins = authorizationCode({ ...client, redirectUri });
  const login = await logins.start();
  const { verifier } = JSON.parse(login.pending.reveal());
  expect(shown(login)).not.toContain(verifier);
  const storage = { store: createMemoryTokens(), lock: createMemoryLock(), key: "ada" };
  const callback = `/callback?code=c&state=${login.state}`;
  const source = await logins.finish(callback, login.pending, { storage });
  await expectSourceHidden(source);
  expectHidden(logins, login, storage);

  const devices = deviceCode(client);
  const prompt = await devices.start();
  expectHidden(devices, prompt);
  await expectSourceHidden(await devices.finish({ ...prompt, interval: 0 }));
});

test("a key shows nothing of what is private", async () => {
  const dpop = dpopKeys();
  const options = { issuer, clientId: "bound", fetch, dpop, refreshToken: "marked-refresh" };
  const storage = { store: createMemoryTokens(), lock: createMemoryLock(), key: "ada" };
  const source = refreshToken({ ...options, storage });
  const token = await source.token();
  const { d } = JSON.parse(JSON.parse((await storage.store.read("ada")) ?? "").dpop_key);
  expect(d).toMatch(/^[\w-]{43}$/);
  for (const value of [dpop, source, token, token.key, storage]) {
    expect(shown(value)).not.toContain(d);
    expectHidden(value);
  }
});
