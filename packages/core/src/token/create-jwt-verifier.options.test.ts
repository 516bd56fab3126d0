import { describe, expect, test } from "vitest";
import type { SigningAlgorithm } from "../keys/algorithms.ts";
import { createJwtVerifier, type JwtVerifierOptions } from "./create-jwt-verifier.ts";
import {
  audience,
  clock,
  hmacKey,
  issuer,
  makeKey,
  outcomeOf,
  sign,
  withAlgorithm,
} from "./signing.fixture.ts";

const rs256 = await makeKey("RS256", "rsa");
const es256 = await makeKey("ES256", "ec");

function verifierOf(options: object) {
  return createJwtVerifier({ issuer, audience, clock, ...options } as JwtVerifierOptions);
}

describe("options", () => {
  test("changing them afterwards changes nothing", async () => {
    const options = {
      audience: [audience],
      types: ["JWT"],
      algorithms: ["RS256"] as SigningAlgorithm[],
      jwks: { keys: [{ ...rs256.jwk }] },
    };
    const secret = crypto.getRandomValues(new Uint8Array(32));
    const hmac = await hmacKey("HS256", secret);
    const verifier = verifierOf(options);
    const shared = verifierOf({ secret });
    options.audience[0] = "other";
    options.types.push("secevent+jwt");
    options.algorithms.splice(0, 1, "ES256");
    Object.assign(options.jwks.keys[0] as object, es256.jwk);
    secret.fill(0);

    expect(await outcomeOf(verifier, await sign(rs256))).toBe("accepted");
    expect(await outcomeOf(verifier, await sign(rs256, { aud: "other" }))).toBe(
      "audience_mismatch",
    );
    expect(await outcomeOf(verifier, await sign(rs256, {}, { typ: "secevent+jwt" }))).toBe(
      "token_type_mismatch",
    );
    expect(await outcomeOf(shared, await sign(hmac))).toBe("accepted");
  });

  test("changing algorithms does not change what keys fetched later may verify", async () => {
    const algorithms: SigningAlgorithm[] = ["PS256"];
    const verifier = verifierOf({ jwks: () => ({ keys: [rs256.jwk] }), algorithms });
    algorithms[0] = "RS256";
    expect(await outcomeOf(verifier, await sign(rs256))).toBe("algorithm_not_allowed");
    const token = await sign(await withAlgorithm(rs256, "PS256"));
    expect(await outcomeOf(verifier, token)).toBe("accepted");
  });

  const jwks = { keys: [rs256.jwk] };
  const wrong: [what: string, options: object, message: RegExp][] = [
    ["no issuer", { issuer: undefined, jwks }, /issuer/],
    ["an empty issuer", { issuer: "", jwks }, /issuer/],
    ["an issuer that is no string", { issuer: [issuer], jwks }, /issuer must be/],
    ["an issuer to discover over http", { issuer: "http://id.example.com" }, /https/],
    ["an issuer to discover that is no URL", { issuer: "accounts" }, /https/],
    ["no issuers", { issuers: [] }, /at least one/],
    ["an issuer twice", { issuers: [1, 2].map(() => ({ issuer, audience, jwks })) }, /once/],
    ["no audience", { audience: undefined, jwks }, /audience/],
    ["an empty audience", { audience: "", jwks }, /audience/],
    ["no audiences", { audience: [], jwks }, /audience/],
    ["an empty audience among others", { audience: [audience, ""], jwks }, /audience/],
    ["an audience that is a number among others", { audience: [audience, 5], jwks }, /audience/],
    ["an audience that is a pattern", { audience: /api/, jwks }, /audience/],
    ["any audience and any client", { audience: null, jwks }, /clientId/],
    ["an empty client", { audience: null, clientId: "", jwks }, /clientId/],
    ["a negative tolerance", { clockTolerance: -1, jwks }, /clockTolerance/],
    ["a tolerance that is none", { clockTolerance: Number.NaN, jwks }, /clockTolerance/],
    ["an endless tolerance", { clockTolerance: Number.POSITIVE_INFINITY, jwks }, /clockTolerance/],
    ["no algorithms", { algorithms: [], jwks }, /algorithms/],
    ["the algorithm none", { algorithms: ["none"], jwks }, /algorithms/],
    [
      "HMAC with public keys",
      { algorithms: ["RS256", "HS256"], jwks },
      /algorithms must be some of RS256/,
    ],
    [
      "RSA with a secret",
      { algorithms: ["RS256"], secret: "x".repeat(32) },
      /algorithms must be some of HS256, HS384, HS512,/,
    ],
    ["two kinds of keys", { jwks, secret: "x".repeat(32) }, /one of/],
    ["a set over http", { jwks: "http://id.example.com/jwks" }, /https/],
    ["a set that is no set", { jwks: {} }, /No configured key/],
    ["a set that holds no objects", { jwks: { keys: [null] } }, /No configured key/],
    ["an empty set", { jwks: { keys: [] } }, /No configured key/],
    ["a symmetric JWK", { publicKey: { kty: "oct", k: "AAAA" } }, /No configured key/],
    ["an empty public key", { publicKey: "" }, /No configured key/],
    ["a public key in PEM", { publicKey: "-----BEGIN PUBLIC KEY-----" }, /readPem/],
    ["an empty secret", { secret: "" }, /secret has 0 bytes/],
  ];
  for (const [what, options, message] of wrong) {
    test(`${what}: ConfigurationError`, () => {
      const make = () => verifierOf(options);
      expect(make).toThrow(expect.objectContaining({ name: "ConfigurationError" }));
      expect(make).toThrow(message);
    });
  }
});
