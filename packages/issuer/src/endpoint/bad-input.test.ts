import { dpop } from "@countersign/core";
import { createMemoryReplays, createMemoryRevocations } from "@countersign/core/state";
import fc from "fast-check";
import { expect, test } from "vitest";
import { basic, secret, startIssuer, url } from "../fixture.ts";

/** Everything that can be switched on is. */
const { issuer, events, login } = startIssuer({
  clients: [
    { id: "reports", secret, scopes: ["orders:read"] },
    {
      id: "signer",
      jwks: {
        keys: [{ kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" }],
      },
    },
    { id: "mobile" },
  ],
  replays: createMemoryReplays(),
  revocations: createMemoryRevocations(),
  dpop: dpop({ replays: createMemoryReplays() }),
  exchange: () => undefined,
});
const { access_token, refresh_token } = await login();

const endpoints = ["/token", "/revoke", "/introspect", "/jwks", "/", "/token/", "/%2e%2e/token"];
const parameters = (
  "grant_type token token_type_hint refresh_token scope client_id client_secret client_assertion " +
  "client_assertion_type subject_token subject_token_type actor_token actor_token_type audience " +
  "resource requested_token_type __proto__ constructor"
).split(" ");
const values = fc.oneof(
  { arbitrary: fc.string({ unit: "binary", maxLength: 40 }), weight: 3 },
  fc.constantFrom(
    "client_credentials",
    "refresh_token",
    "urn:ietf:params:oauth:grant-type:token-exchange",
    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    "urn:ietf:params:oauth:token-type:access_token",
    access_token,
    refresh_token,
    "reports",
    "signer",
    "mobile",
    secret,
    url,
    "__proto__",
    `csrt_${"A".repeat(43)}`,
    "eyJhbGciOiJub25lIn0.eyJzdWIiOiJzaWduZXIifQ.",
    "a.b.c",
    "x".repeat(30_000),
  ),
);
const form = fc
  .array(fc.tuple(fc.constantFrom(...parameters), values), { maxLength: 8 })
  .map((pairs) => new URLSearchParams(pairs).toString());
const headers = fc.record(
  {
    "content-type": fc.constantFrom(
      "application/x-www-form-urlencoded",
      "application/json",
      "text/plain",
    ),
    authorization: fc.oneof(
      fc.constantFrom(
        "Basic",
        "Basic !!",
        "Bearer x",
        `DPoP ${access_token}`,
        basic("reports", secret).authorization,
      ),
      fc
        .string({ maxLength: 30 })
        .map((text) => `Basic ${btoa(unescape(encodeURIComponent(text)))}`),
    ),
    dpop: fc.constantFrom("", "a.b.c", access_token),
  },
  { requiredKeys: ["content-type"] },
);

async function check(request: Request): Promise<void> {
  const response = await issuer.fetch(request);
  expect(response.status).toBeLessThan(500);
  if (response.status < 400) return;
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(response.headers.has("www-authenticate")).toBe(response.status === 401);
  const { error, error_description, ...more } = (await response.json()) as Record<string, string>;
  // RFC 6749 §5.2: what the two may be made of.
  expect(error).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
  expect(error_description).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
  expect(more).toEqual({});
}

test("whatever a form says is answered by RFC 6749 §5.2, and never by a 5xx", async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...endpoints), headers, form, (path, fields, body) =>
      check(new Request(url + path, { method: "POST", headers: fields, body })),
    ),
    { numRuns: 1500 },
  );
  expect(events.filter(({ type }) => type === "unavailable")).toEqual([]);
});

test("so is whatever bytes come, by whatever method", async () => {
  const methods = fc.constantFrom("GET", "PUT", "DELETE", "OPTIONS", "PATCH", "POST");
  await fc.assert(
    fc.asyncProperty(
      methods,
      fc.constantFrom(...endpoints),
      headers,
      fc.uint8Array({ maxLength: 200 }),
      (method, path, fields, bytes) => {
        const body = method === "GET" ? null : new Uint8Array(bytes);
        return check(new Request(url + path, { method, headers: fields, body }));
      },
    ),
    { numRuns: 500 },
  );
});
