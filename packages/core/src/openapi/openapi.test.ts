import { describe, expect, it } from "vitest";
import { apiKey } from "../api-key/api-key.ts";
import { inHeader, inQuery } from "../api-key/place.ts";
import { basic } from "../basic/basic.ts";
import { dpop } from "../dpop/dpop.ts";
import { createGuard } from "../guard/create-guard.ts";
import { allOf, anyOf } from "../requirement/combine.ts";
import { role } from "../requirement/role.ts";
import { anyScope, scope } from "../requirement/scope.ts";
import { createMemoryApiKeys } from "../state/memory-api-keys.ts";
import { createMemoryReplays } from "../state/replay.ts";
import { jwt } from "../token/jwt.ts";
import { ConfigurationError } from "../wire/configuration-error.ts";
import { openapi } from "./openapi.ts";
import { resourceMetadata } from "./resource-metadata.ts";

const guard = createGuard({
  publicUrl: "https://api.example.com",
  schemes: [
    jwt({ issuer: "https://id.example.com", audience: "https://api.example.com" }),
    apiKey({
      keys: createMemoryApiKeys([]),
      from: [inHeader("X-API-Key"), inQuery("api_key")],
    }),
    basic({ users: { find: () => undefined }, passwords: { verify: () => false } }),
  ],
});

describe("openapi", () => {
  it("describes each place that a credential may stand in", () => {
    expect(openapi(guard)).toEqual({
      securitySchemes: {
        jwt: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
        "api-key.X-API-Key": { type: "apiKey", in: "header", name: "X-API-Key" },
        "api-key.api_key": { type: "apiKey", in: "query", name: "api_key" },
        basic: { type: "http", scheme: "basic" },
      },
      security: [
        { jwt: [] },
        { "api-key.X-API-Key": [] },
        { "api-key.api_key": [] },
        { basic: [] },
      ],
    });
  });

  it.each([
    ["all of several", allOf(scope("a", "b"), scope("b", "c"), role("admin")), [["a", "b", "c"]]],
    ["any of several", anyScope("a", "b"), [["a"], ["b"]]],
    [
      "alternatives",
      allOf(scope("a"), anyOf(scope("b"), scope("c"))),
      [
        ["a", "b"],
        ["a", "c"],
      ],
    ],
  ])("lists the scopes that let in: %s", (_name, requirement, expected) => {
    const { security } = openapi(guard.only("jwt"), requirement);
    expect(security).toEqual(expected.map((scopes) => ({ jwt: scopes })));
  });

  it("says that an optional guard takes nobody too", () => {
    expect(openapi(guard.only("jwt").optional()).security).toEqual([{ jwt: [] }, {}]);
  });
});

describe("resourceMetadata (RFC 9728)", () => {
  it("names the resource and its authorization servers", () => {
    expect(resourceMetadata(guard, ["orders:read"])).toEqual({
      resource: "https://api.example.com",
      authorization_servers: ["https://id.example.com"],
      bearer_methods_supported: ["header"],
      scopes_supported: ["orders:read"],
    });
  });

  it("names the algorithms of DPoP proofs, where they are taken", () => {
    const proofs = dpop({ replays: createMemoryReplays(), algorithms: ["ES256", "PS256"] });
    const schemes = [jwt({ issuer: "https://id.example.com", audience: "x", dpop: proofs })];
    const bound = createGuard({ publicUrl: "https://api.example.com", schemes });
    expect(resourceMetadata(bound).dpop_signing_alg_values_supported).toEqual(["ES256", "PS256"]);
  });

  it("leaves out what is not there", () => {
    const metadata = resourceMetadata(guard.only("basic"));
    expect(metadata).toEqual({ resource: "https://api.example.com", bearer_methods_supported: [] });
  });

  it("needs a publicUrl", () => {
    const { admitted } = guard;
    const placeless = createGuard({ schemes: admitted });
    expect(() => resourceMetadata(placeless)).toThrow(ConfigurationError);
  });
});
