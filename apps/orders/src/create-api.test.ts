import { viewNodeRequest } from "@countersign/core/adapter";
import {
  formatOAuth1Header,
  type OAuth1Parameter,
  oauth1BaseString,
  signOAuth1,
} from "@countersign/core/wire";
import { SignJWT } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { createOrdersApi, type OrdersApi } from "./create-api.ts";
import { readSettings } from "./settings.ts";

const secret = "a shared secret of 32 bytes, at least";
const env = {
  DEMO_PASSWORD: "lovelace",
  DEMO_API_KEY: "an-api-key-of-no-format-but-long-enough",
  DEMO_OAUTH1_KEY: "printer",
  DEMO_OAUTH1_SECRET: "kd94hf93k423kf44",
  JWT_SECRET: secret,
  JWT_ISSUER: "https://legacy.test",
};

let api: OrdersApi;
beforeAll(async () => {
  api = await createOrdersApi(await readSettings(env, 4009));
});

const post = (path: string, body: string) =>
  api.identity?.fetch(
    new Request(`http://127.0.0.1:4009${path}`, { method: "POST", body }),
  ) as Promise<Response>;
const login = async (pair: object = { username: "ada", password: "lovelace" }) =>
  (await post("/login", JSON.stringify(pair))).json() as Promise<Record<string, string>>;
const check = (authorization: string) =>
  api.guard.check({
    method: "GET",
    url: "http://127.0.0.1:4009/whoami",
    header: (name) => (name === "authorization" ? authorization : undefined),
    body: () => undefined as never,
    address: "127.0.0.1",
    secure: false,
    certificate: undefined,
  });

describe("the embedded issuer", () => {
  it("logs the user in with tokens that the guard takes", async () => {
    const answer = await login();
    expect(Object.keys(answer)).toEqual(
      expect.arrayContaining(["access_token", "refresh_token", "token_type", "expires_in"]),
    );
    expect(await check(`Bearer ${answer.access_token}`)).toMatchObject({
      kind: "accepted",
      principal: { subject: "ada", roles: ["admin"], scopes: ["orders:read", "orders:write"] },
    });
  });

  it("refreshes, and ends the login on logout", async () => {
    const first = await login();
    const refresh = (token?: string) => post("/refresh", JSON.stringify({ refresh_token: token }));
    const second = (await (await refresh(first.refresh_token)).json()) as Record<string, string>;
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect(
      (await post("/logout", JSON.stringify({ refresh_token: second.refresh_token }))).status,
    ).toBe(204);
    expect((await refresh(second.refresh_token)).status).toBe(400);
  });

  it.each([
    ["/login", "{bad", 400],
    ["/login", "[]", 400],
    ["/login", '{"username":"ada"}', 400],
    ["/login", '{"username":"ada","password":["lovelace"]}', 400],
    ["/login", '{"username":"ada","password":"babbage"}', 401],
    ["/login", '{"username":"eve","password":"lovelace"}', 401],
    ["/login", '{"username":"__proto__","password":"x"}', 401],
    ["/login", `{"username":"${"x".repeat(70_000)}"}`, 413],
    ["/refresh", "{}", 400],
    ["/refresh", '{"refresh_token":"rubbish"}', 400],
    ["/logout", '{"refresh_token":5}', 400],
    ["/logout", '{"refresh_token":"rubbish"}', 204],
  ])("answers POST %s %.40s with %d", async (path, body, status) => {
    const response = await post(path, body);
    expect(response.status).toBe(status);
    expect(response.headers.has("www-authenticate")).toBe(status === 401);
  });

  it("takes POST alone", async () => {
    const response = await api.identity?.fetch(new Request("http://127.0.0.1:4009/login"));
    expect(response?.status).toBe(405);
    expect(response?.headers.get("allow")).toBe("POST");
  });
});

describe("the guard of the sample", () => {
  it("tells whom it refuses where its metadata is (RFC 9728 §5.1)", async () => {
    const verdict = await check("Bearer unknown");
    const challenges = "challenges" in verdict ? verdict.challenges : [];
    const url = challenges.find(({ scheme }) => scheme === "Bearer")?.params.resource_metadata;
    expect(url).toBe("http://127.0.0.1:4009/.well-known/oauth-protected-resource");
    expect(api.documents[new URL(url ?? "").pathname]).toMatchObject({
      resource: "http://127.0.0.1:4009",
    });
  });

  it("takes HS256 tokens of JWT_ISSUER beside its own", async () => {
    const token = await new SignJWT({ scope: "orders:read" })
      .setProtectedHeader({ alg: "HS256" })
      .setIssuer("https://legacy.test")
      .setAudience("https://orders.example.test")
      .setSubject("old-friend")
      .setExpirationTime("5m")
      .sign(new TextEncoder().encode(secret));
    expect(await check(`Bearer ${token}`)).toMatchObject({ principal: { subject: "old-friend" } });
  });

  it("takes requests that its OAuth 1.0a consumer signed", async () => {
    const sign = async (consumerSecret: string) => {
      const parameters: OAuth1Parameter[] = [
        ["oauth_consumer_key", "printer"],
        ["oauth_signature_method", "HMAC-SHA1"],
        ["oauth_timestamp", String(Math.floor(Date.now() / 1000))],
        ["oauth_nonce", crypto.randomUUID()],
      ];
      const url = "http://127.0.0.1:4009/whoami";
      const base = oauth1BaseString({ method: "GET", url, parameters }) ?? "";
      const signature = await signOAuth1("HMAC-SHA1", base, { consumerSecret });
      return `OAuth ${formatOAuth1Header([...parameters, ["oauth_signature", signature]])}`;
    };
    expect(await check(await sign(env.DEMO_OAUTH1_SECRET))).toMatchObject({
      principal: { scheme: "oauth1", subject: "demo-consumer", scopes: ["orders:read"] },
    });
    expect(await check(await sign("wrong"))).toMatchObject({ reason: "oauth1_signature_invalid" });
  });

  it("takes a key of no format", async () => {
    expect(await check(`ApiKey ${env.DEMO_API_KEY}`)).toMatchObject({
      principal: { scheme: "api-key", subject: "demo-partner" },
    });
  });
});

describe("behind a proxy that ends TLS", () => {
  const env = { PUBLIC_URL: "https://orders.test", DEMO_API_KEY: "k".repeat(32) };
  const viaProxy = {
    method: "GET",
    url: "/whoami",
    rawHeaders: [
      "x-forwarded-proto",
      "https",
      "x-forwarded-for",
      "203.0.113.9",
      "x-api-key",
      "k".repeat(32),
    ],
    socket: { remoteAddress: "127.0.0.1" },
  };
  const checkWith = async (more: Record<string, string>) => {
    const { guard } = await createOrdersApi(await readSettings({ ...env, ...more }, 4009));
    return guard.check(viewNodeRequest(viaProxy as never, guard.policy));
  };

  it("takes the word of a trusted proxy, and of no other", async () => {
    expect(await checkWith({ TRUSTED_PROXIES: "10.0.0.0/8, 127.0.0.1" })).toMatchObject({
      kind: "accepted",
    });
    expect(await checkWith({ TRUSTED_PROXIES: "10.0.0.0/8" })).toMatchObject({
      reason: "https_required",
    });
    expect(await checkWith({})).toMatchObject({ reason: "https_required" });
  });

  it("is refused at start with what is no address", async () => {
    await expect(checkWith({ TRUSTED_PROXIES: "nginx" })).rejects.toThrow("trustedProxies");
  });
});
