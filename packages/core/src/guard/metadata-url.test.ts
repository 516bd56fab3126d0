import { describe, expect, test } from "vitest";
import { apiKey } from "../api-key/api-key.ts";
import { basic } from "../basic/basic.ts";
import { dpop } from "../dpop/dpop.ts";
import { DemandError, demand } from "../requirement/demand.ts";
import { fresh } from "../requirement/fresh.ts";
import { role } from "../requirement/role.ts";
import { scope } from "../requirement/scope.ts";
import { createMemoryApiKeys } from "../state/memory-api-keys.ts";
import { createMemoryReplays } from "../state/replay.ts";
import { jwt } from "../token/jwt.ts";
import { audience, clock, issuer, makeKey, now, sign } from "../token/signing.fixture.ts";
import { ConfigurationError } from "../wire/configuration-error.ts";
import { toAnswer } from "./answer.ts";
import { createGuard } from "./create-guard.ts";
import type { Guard } from "./guard.ts";
import { toMetadataUrl } from "./metadata-url.ts";
import type { Principal } from "./principal.ts";
import { byHost } from "./reach.ts";
import { requestOf } from "./request.fixture.ts";
import type { Requirement } from "./requirement.ts";

const key = await makeKey("ES256", "k1");
const trust = { issuer, audience, jwks: { keys: [key.jwk] } };
const bearer = { authorization: `Bearer ${await sign(key, { auth_time: now - 400 })}` };
const keys = createMemoryApiKeys([]);
const options = {
  clock,
  realm: "orders",
  publicUrl: "https://api.example.com/v1",
  schemes: [
    jwt({ ...trust, dpop: dpop({ replays: createMemoryReplays(), algorithms: ["ES256"] }) }),
    apiKey({ keys }),
    basic({ users: { find: () => undefined }, passwords: { verify: () => false } }),
  ],
} as const;
const guard = createGuard({ ...options, resourceMetadata: true });
const metadata =
  'resource_metadata="https://api.example.com/.well-known/oauth-protected-resource/v1"';

async function answer(
  by: Guard<Principal | undefined>,
  headers: Record<string, string> = {},
  requirement?: Requirement,
) {
  const verdict = await by.check(requestOf(headers), requirement);
  if (verdict.kind === "accepted") throw new Error("accepted");
  return toAnswer(verdict);
}

async function challengeOf(...args: Parameters<typeof answer>) {
  const { headers } = await answer(...args);
  return headers.find(([name]) => name === "www-authenticate")?.[1];
}

describe("where the metadata is (RFC 9728 §3.1)", () => {
  test.each([
    ["https://resource.example.com", "https://resource.example.com/.well-known/X"],
    ["https://resource.example.com/", "https://resource.example.com/.well-known/X"],
    // The example of §3.1 for a resource with a path.
    [
      "https://resource.example.com/resource1",
      "https://resource.example.com/.well-known/X/resource1",
    ],
    ["https://api.example.com/v1/", "https://api.example.com/.well-known/X/v1/"],
    ["https://api.example.com/a/b", "https://api.example.com/.well-known/X/a/b"],
    ["https://api.example.com/a?b=c", "https://api.example.com/.well-known/X/a?b=c"],
    ["https://api.example.com/?b=c", "https://api.example.com/.well-known/X?b=c"],
    ["https://api.example.com/v1#part", "https://api.example.com/.well-known/X/v1"],
    ["https://api.example.com:8443/v1", "https://api.example.com:8443/.well-known/X/v1"],
    ["http://127.0.0.1:4001", "http://127.0.0.1:4001/.well-known/X"],
  ])("of %s", (publicUrl, url) => {
    const expected = url.replace("X", "oauth-protected-resource");
    expect(toMetadataUrl(new URL(publicUrl))).toBe(expected);
  });
});

describe("resourceMetadata: true", () => {
  const others = 'ApiKey realm="orders", Basic realm="orders", charset="UTF-8"';

  test("every challenge of a 401 that is for tokens says it, and no other", async () => {
    expect(await challengeOf(guard)).toBe(
      `Bearer realm="orders", ${metadata}, DPoP realm="orders", ${metadata}, algs="ES256", ${others}`,
    );
  });

  test("whatever the 401 is for", async () => {
    for (const [headers, requirement] of [
      [{ authorization: "Bearer malformed" }],
      [{ authorization: "DPoP malformed" }],
      [{ "x-api-key": "wrong" }],
      [{ authorization: `Basic ${btoa("ada:no")}` }],
      [bearer, fresh({ maxAge: 300 })],
    ] as const) {
      const { status, headers: fields } = await answer(guard, headers, requirement);
      expect(status).toBe(401);
      expect(String(fields).split(metadata)).toHaveLength(3);
    }
  });

  test("beside what was wrong", async () => {
    expect(await challengeOf(guard, { authorization: "Bearer malformed" })).toContain(
      `Bearer realm="orders", ${metadata}, error="invalid_token"`,
    );
  });

  test("in views too, and inside a handler", async () => {
    expect(await challengeOf(guard.only("jwt"))).toContain(metadata);
    expect(await challengeOf(guard.optional(), { authorization: "Bearer x" })).toContain(metadata);
    expect(await challengeOf(guard.only("api-key", "basic"))).toBe(others);
    const verdict = await guard.check(requestOf(bearer));
    if (verdict.kind !== "accepted") throw new Error(verdict.reason);
    try {
      demand(verdict.principal, fresh({ maxAge: 300 }));
      expect.unreachable();
    } catch (error) {
      if (!(error instanceof DemandError)) throw error;
      expect(error.headers["www-authenticate"]).toContain(metadata);
    }
  });

  test("no other refusal says it", async () => {
    for (const [headers, requirement, status] of [
      [bearer, scope("orders:write"), 403],
      [bearer, role("admin"), 403],
      [{ ...bearer, "x-api-key": "k" }, undefined, 400],
    ] as const) {
      const refusal = await answer(guard, headers, requirement);
      expect(refusal.status).toBe(status);
      expect(String(refusal.headers)).not.toContain("resource_metadata");
    }
  });

  test("needs one publicUrl: several are not enough", () => {
    const schemes = [jwt(trust)];
    for (const reach of [{}, { publicUrl: byHost("https://api.example.com") }]) {
      expect(() => createGuard({ ...reach, resourceMetadata: true, schemes })).toThrow(
        ConfigurationError,
      );
      expect(() => createGuard({ ...reach, resourceMetadata: true, schemes })).toThrow(
        "resourceMetadata needs publicUrl",
      );
      createGuard({ ...reach, resourceMetadata: false, schemes });
    }
  });
});

test.each([{}, { resourceMetadata: false }])("nothing says it unasked: %j", async (how) => {
  const silent = createGuard({ ...options, ...how });
  for (const headers of [{}, { authorization: "Bearer malformed" }, { "x-api-key": "wrong" }]) {
    expect(await challengeOf(silent, headers)).not.toContain("resource_metadata");
  }
});
