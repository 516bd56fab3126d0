import { describe, expect, test } from "vitest";
import { startIssuer } from "../fixture.ts";

const origin = "https://id.example.com";

describe.each([
  ["", "/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"],
  ["/", "/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"],
  [
    "/auth",
    "/.well-known/oauth-authorization-server/auth",
    "/auth/.well-known/openid-configuration",
  ],
  ["/a/b", "/.well-known/oauth-authorization-server/a/b", "/a/b/.well-known/openid-configuration"],
])("an issuer at %j", (path, ...documents) => {
  const prefix = path.replace(/\/$/, "");

  test.each(documents)("serves its metadata at %s", async (document) => {
    const { get, issuer } = startIssuer({ url: origin + path });
    const response = await get(origin + document);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(response.headers.get("cache-control")).toBe("public, max-age=300");
    const methods = ["client_secret_basic", "client_secret_post", "none"];
    expect(await response.json()).toEqual({
      issuer: issuer.url,
      token_endpoint: `${origin}${prefix}/token`,
      jwks_uri: `${origin}${prefix}/jwks`,
      revocation_endpoint: `${origin}${prefix}/revoke`,
      introspection_endpoint: `${origin}${prefix}/introspect`,
      grant_types_supported: ["client_credentials", "refresh_token"],
      response_types_supported: [],
      token_endpoint_auth_methods_supported: methods,
      revocation_endpoint_auth_methods_supported: methods,
      introspection_endpoint_auth_methods_supported: methods.slice(0, 2),
    });
  });

  test("serves its keys", async () => {
    const { get, issuer } = startIssuer({ url: origin + path });
    const response = await get(`${origin}${prefix}/jwks`);
    expect(response.headers.get("cache-control")).toBe("public, max-age=300");
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(await response.json()).toEqual(await issuer.jwks());
  });

  test("has its endpoints below its own path alone", async () => {
    const { issuer } = startIssuer({ url: origin + path });
    const wrong = prefix === "" ? "/auth" : "";
    for (const endpoint of ["/token", "/revoke", "/jwks"]) {
      const request = new Request(`${origin}${wrong}${endpoint}`, { method: "POST" });
      expect((await issuer.fetch(request)).status).toBe(404);
    }
  });
});

test("the host does not matter: a proxy may have another", async () => {
  const { get } = startIssuer();
  expect((await get("http://10.0.0.7:8080/jwks?cache=no")).status).toBe(200);
});

test.each([
  "/",
  "/token/",
  "/TOKEN",
  "/tokens",
  "//token",
  "/jwks.json",
  "/.well-known/jwks",
  "/%74oken",
])("%s is not found", async (path) => {
  const { get } = startIssuer();
  const response = await get(origin + path);
  expect(response.status).toBe(404);
  expect(response.headers.get("content-type")).toBe("application/json");
  expect(await response.json()).toMatchObject({ error: "not_found" });
});

test.each([
  ["/token", "POST", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"]],
  ["/revoke", "POST", ["GET", "PATCH"]],
  ["/jwks", "GET, HEAD", ["POST", "DELETE"]],
  ["/.well-known/openid-configuration", "GET, HEAD", ["POST"]],
])("%s allows %s", async (path, allow, others) => {
  const { issuer } = startIssuer();
  for (const method of others) {
    const response = await issuer.fetch(new Request(origin + path, { method }));
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe(allow);
    expect(await response.json()).toMatchObject({ error: "method_not_allowed" });
  }
});

test("HEAD is GET without the body", async () => {
  const { issuer } = startIssuer();
  const response = await issuer.fetch(new Request(`${origin}/jwks`, { method: "HEAD" }));
  expect(response.status).toBe(200);
  expect(response.headers.get("cache-control")).toBe("public, max-age=300");
  expect(await response.text()).toBe("");
});

test("keys that cannot be had are 503, and nobody caches that", async () => {
  const fail = () => Promise.reject(new Error("key service down"));
  const { get, events } = startIssuer({ keys: { current: fail, published: fail } });
  const response = await get(`${origin}/jwks`);
  expect(response.status).toBe(503);
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(response.headers.get("retry-after")).toBe("5");
  expect(events).toHaveLength(1);
});
