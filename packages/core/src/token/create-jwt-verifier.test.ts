import { SignJWT } from "jose";
import { describe, expect, test } from "vitest";
import type { SigningAlgorithm } from "../keys/algorithms.ts";
import { createJwtVerifier, type JwtVerifierOptions } from "./create-jwt-verifier.ts";
import {
  audience,
  clock,
  goodClaims,
  hmacKey,
  issuer,
  makeKey,
  now,
  outcomeOf,
  sign,
  signRaw,
  withAlgorithm,
} from "./signing.fixture.ts";
import { TokenError } from "./token-error.ts";

const rs256 = await makeKey("RS256", "rsa");
const es256 = await makeKey("ES256", "ec");

function verifierOf(options: object) {
  return createJwtVerifier({ issuer, audience, clock, ...options } as JwtVerifierOptions);
}

describe("accepts every algorithm", () => {
  const rows: [alg: SigningAlgorithm, configured?: SigningAlgorithm[]][] = [
    ["RS256"],
    ["RS384", ["RS384"]],
    ["RS512", ["RS256", "RS512"]],
    ["PS256", ["PS256"]],
    ["PS384", ["PS384"]],
    ["PS512", ["PS512"]],
    ["ES256"],
    ["ES384"],
    ["ES512"],
    ["EdDSA"],
    ["Ed25519"],
  ];
  for (const [alg, algorithms] of rows) {
    test(alg, async () => {
      const key = /^[RP]S/.test(alg) ? await withAlgorithm(rs256, alg) : await makeKey(alg, "k");
      const token = await new SignJWT(goodClaims)
        .setProtectedHeader({ alg, kid: key.kid as string })
        .sign(key.privateKey);
      const options = algorithms ? { algorithms } : {};
      const byConfiguration = verifierOf({ jwks: { keys: [key.jwk] }, ...options });
      expect(await outcomeOf(byConfiguration, token)).toBe("accepted");
      const byName = verifierOf({ jwks: { keys: [{ ...key.jwk, alg }] } });
      expect(await outcomeOf(byName, token)).toBe("accepted");
    });
  }

  for (const [alg, length] of [
    ["HS256", 32],
    ["HS384", 48],
    ["HS512", 64],
  ] as const) {
    test(alg, async () => {
      const secret = crypto.getRandomValues(new Uint8Array(length));
      const token = await new SignJWT(goodClaims).setProtectedHeader({ alg }).sign(secret);
      expect(await outcomeOf(verifierOf({ secret }), token)).toBe("accepted");
      expect(await outcomeOf(verifierOf({ secret, algorithms: [alg] }), token)).toBe("accepted");
    });
  }
});

describe("the keys' last word on algorithms", () => {
  test("an RSA key without alg verifies RS256 alone until more is configured", async () => {
    const verifier = verifierOf({ jwks: { keys: [rs256.jwk] } });
    for (const alg of ["RS384", "RS512", "PS256", "PS384", "PS512"] as const) {
      const token = await sign(await withAlgorithm(rs256, alg));
      expect(await outcomeOf(verifier, token)).toBe("key_not_found");
    }
    expect(await outcomeOf(verifier, await sign(rs256))).toBe("accepted");
  });

  test("a key that names its algorithm verifies no other, whatever is configured", async () => {
    const keys = [{ ...rs256.jwk, alg: "RS256" }];
    const verifier = verifierOf({ jwks: { keys }, algorithms: ["RS256", "PS256"] });
    const token = await sign(await withAlgorithm(rs256, "PS256"));
    expect(await outcomeOf(verifier, token)).toBe("key_not_found");
    expect(await outcomeOf(verifier, await sign(rs256))).toBe("accepted");
  });

  test("a secret verifies only the algorithms that it has enough bytes for", async () => {
    const secret = crypto.getRandomValues(new Uint8Array(32));
    const verifier = verifierOf({ secret });
    expect(await outcomeOf(verifier, await sign(await hmacKey("HS384", secret)))).toBe(
      "key_not_found",
    );
    expect(await outcomeOf(verifier, await sign(await hmacKey("HS256", secret)))).toBe("accepted");
  });
});

describe("one configured key serves tokens with any kid, for it has no other", () => {
  test("a secret", async () => {
    const secret = crypto.getRandomValues(new Uint8Array(32));
    const verifier = verifierOf({ secret });
    const key = await hmacKey("HS256", secret);
    expect(await outcomeOf(verifier, await sign(key, {}, { kid: "2024-05" }))).toBe("accepted");
  });

  test("a public key without kid", async () => {
    const { kid: _, ...publicKey } = es256.jwk;
    const verifier = verifierOf({ publicKey });
    expect(await outcomeOf(verifier, await sign(es256, {}, { kid: "2024-05" }))).toBe("accepted");
    expect(await outcomeOf(verifier, await sign(es256, {}, { kid: undefined }))).toBe("accepted");
  });

  test("but a public key that has a kid is meant for that alone", async () => {
    const verifier = verifierOf({ publicKey: es256.jwk });
    expect(await outcomeOf(verifier, await sign(es256, {}, { kid: "other" }))).toBe(
      "key_not_found",
    );
    expect(await outcomeOf(verifier, await sign(es256))).toBe("accepted");
  });
});

describe("several issuers", () => {
  const other = "https://other.example.com";
  const secret = crypto.getRandomValues(new Uint8Array(32));
  const verifier = createJwtVerifier({
    clock,
    issuers: [
      { issuer, audience, jwks: { keys: [rs256.jwk] } },
      { issuer: other, audience: "other-audience", jwks: { keys: [es256.jwk] } },
      { issuer: "https://hmac.example.com", audience, secret },
    ],
  });

  test("each is believed for its own tokens", async () => {
    expect(await outcomeOf(verifier, await sign(rs256))).toBe("accepted");
    const theirs = await sign(es256, { iss: other, aud: "other-audience" });
    expect(await outcomeOf(verifier, theirs)).toBe("accepted");
  });

  test("one issuer's key never vouches for another's token", async () => {
    expect(await outcomeOf(verifier, await sign(es256))).toBe("key_not_found");
    expect(await outcomeOf(verifier, await sign(rs256, { iss: other }))).toBe("key_not_found");
    const renamed = await sign(es256, {}, { kid: rs256.kid, alg: "RS256" });
    expect(await outcomeOf(verifier, renamed)).toBe("signature_invalid");
  });

  test("one issuer's audience is not another's", async () => {
    const token = await sign(es256, { iss: other, aud: audience });
    expect(await outcomeOf(verifier, token)).toBe("audience_mismatch");
  });

  test("nothing is carried over from one token to the next", async () => {
    const hmac = await hmacKey("HS256", secret);
    const theirs = await sign(hmac, { iss: "https://hmac.example.com" });
    const ours = await sign(hmac);
    for (let round = 0; round < 3; round++) {
      expect(await outcomeOf(verifier, await sign(rs256))).toBe("accepted");
      expect(await outcomeOf(verifier, ours)).toBe("algorithm_not_allowed");
      expect(await outcomeOf(verifier, theirs)).toBe("accepted");
    }
  });
});

describe("what verify gives", () => {
  const verifier = verifierOf({ jwks: { keys: [rs256.jwk] } });

  test("the header and the claims", async () => {
    const token = await sign(rs256, { custom: [1] }, { typ: "at+jwt", jku: "https://evil.test" });
    const result = await verifier.verify(token);
    expect(result.header).toEqual({ alg: "RS256", kid: "rsa", typ: "at+jwt" });
    expect(result.claims).toEqual({ ...goodClaims, custom: [1] });
    expect(Object.keys(result)).toEqual(["header", "claims"]);
  });

  test("the same token twice, and nothing of a result can be changed", async () => {
    const token = await sign(rs256, { roles: ["user"], realm: { roles: [] } });
    const { header, claims } = await verifier.verify(token);
    for (const part of [claims, claims.roles, claims.realm, header]) {
      expect(() => Object.assign(part as object, { sub: "eve", "0": "admin" })).toThrow(TypeError);
    }
    const again = await verifier.verify(token);
    expect(again.claims).toEqual({ ...goodClaims, roles: ["user"], realm: { roles: [] } });
    expect(again.header).toEqual(header);
  });

  test("two subjects who differ in sub alone are never mixed up", async () => {
    const [ada, bob] = await Promise.all([sign(rs256), sign(rs256, { sub: "bob" })]);
    const results = await Promise.all([ada, bob, ada, bob].map((each) => verifier.verify(each)));
    expect(results.map(({ claims }) => claims.sub)).toEqual(["ada", "bob", "ada", "bob"]);
  });

  test("a TokenError with the reason, and with facts for this side of the wire", async () => {
    const error = await verifier.verify(await sign(rs256, { exp: 5 })).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(TokenError);
    expect(error).toMatchObject({
      name: "TokenError",
      code: "token_error",
      kind: "rejected",
      reason: "token_expired",
      message: "The access token has expired",
      details: { expected: `exp after ${now}`, found: "5" },
    });
    expect(Object.hasOwn(error, "cause")).toBe(false);
  });

  test("a TokenError that says so when it cannot be told", async () => {
    const cause = new Error("no route to host");
    const down = verifierOf({ jwks: () => Promise.reject(cause) });
    const error = await down.verify(await sign(rs256)).catch((thrown) => thrown);
    expect(error).toMatchObject({ kind: "unavailable", reason: "keys_unavailable", cause });
  });

  test("warm fetches the keys, and says when it cannot", async () => {
    let fetches = 0;
    const remote = verifierOf({
      jwks: () => {
        fetches += 1;
        return { keys: [rs256.jwk] };
      },
    });
    await remote.warm();
    expect(await outcomeOf(remote, await sign(rs256))).toBe("accepted");
    expect(fetches).toBe(1);
    const down = verifierOf({ jwks: () => Promise.reject(new Error("no route to host")) });
    await expect(down.warm()).rejects.toThrow("no route to host");
    await expect(verifier.warm()).resolves.toBeUndefined();
  });
});

describe("nothing is said about claims before the signature holds", () => {
  const verifier = verifierOf({ jwks: { keys: [rs256.jwk] } });
  const rows: [what: string, claims: object][] = [
    ["expired", { exp: now - 1000 }],
    ["for another audience", { aud: "other" }],
    ["with a claim of the wrong kind", { sub: 5 }],
    ["an ID token", { nonce: "n" }],
  ];
  for (const [what, claims] of rows) {
    test(`${what} and forged`, async () => {
      const token = await sign(rs256, claims);
      const forged = `${token.slice(0, token.lastIndexOf("."))}.${"A".repeat(342)}`;
      expect(await outcomeOf(verifier, forged)).toBe("signature_invalid");
      expect(await outcomeOf(verifier, token)).not.toBe("signature_invalid");
    });
  }
});

test("the expected form of a token without optional claims", async () => {
  const verifier = verifierOf({ jwks: { keys: [rs256.jwk] } });
  const claims = { iss: issuer, aud: audience, exp: now + 1 };
  const token = await signRaw(rs256, { alg: "RS256" }, claims);
  expect((await verifier.verify(token)).claims).toEqual(claims);
});
